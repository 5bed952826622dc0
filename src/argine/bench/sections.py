"""Keeps the results of each benchmark in a section of its own in one document."""

from pathlib import Path

HEADING = (
    "# Benchmarks\n\nEach section was written by the command that it names, on the machine and day that it names.\n"
)


def write_section(path: Path, name: str, text: str) -> None:
    """Put a text between the marks of a section; what stands there is replaced, a new section goes to the end.

    Args:
        path: the document; it and its folder are made where they are missing.
        name: of the section, unique in the document.
        text: Markdown.
    """
    begin, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    content = path.read_text("utf-8") if path.exists() else HEADING
    section = f"{begin}\n{text.strip()}\n{end}"
    before, found, rest = content.partition(begin)
    _, closed, after = rest.partition(end)
    content = before + section + after if found and closed else f"{content.rstrip()}\n\n{section}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")


def table(head: list[str], rows: list[list[str]]) -> str:
    """Write a Markdown table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
