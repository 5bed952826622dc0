"""The form of a generated page."""

MADE = "<!-- Made by `./dev docs`. Change the code, not this page. -->"


def page(title: str, lines: list[str]) -> str:
    return "\n".join([f"# {title}", "", MADE, "", *lines]).rstrip() + "\n"


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return [line(head), line(["---"] * len(head)), *map(line, rows), ""]


def table_if_any(head: list[str], rows: list[list[str]]) -> list[str]:
    return table(head, rows) if rows else []
