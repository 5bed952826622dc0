"""How much a node does, computed from the newest figures of docs/benchmarks.md: a part of docs/how-to/scale.md."""

import re
from pathlib import Path

from tools.docs_page import table

DOCS = Path(__file__).resolve().parent.parent / "docs"
SCALE = DOCS / "how-to" / "scale.md"
BEGIN, END = "<!-- capacity -->", "<!-- /capacity -->"

CORES, BUSY, NODES = 8, 0.6, 3
DAY_S, GIB = 86_400, 1 << 30
BANKS = (1_000_000, 10_000_000, 50_000_000)
SHOWN = ("pdq", "JPEG of 0.5 megapixels", "JPEG of 2 megapixels", "JPEG of 12 megapixels")


def scale() -> str:
    """The page with its tables computed anew."""
    before, rest = SCALE.read_text("utf-8").split(BEGIN)
    return f"{before}{BEGIN}\n{_tables((DOCS / 'benchmarks.md').read_text('utf-8'))}\n{END}{rest.split(END)[1]}"


def _tables(benchmarks: str) -> str:
    checks = table(
        ["a check of", "processor ms", "a second and core",
         f"a second and node ({CORES} cores, {BUSY:.0%} busy)", f"a day, {NODES} nodes of which one is gone"],
        [_row(name, milliseconds) for name, milliseconds in _processor_ms(benchmarks)],
    )  # fmt: skip
    each = _bytes_a_code(benchmarks)
    banks = table(
        ["pictures in the banks", "memory for them in each node"],
        [[f"{count:,}", f"{count * each / GIB:.1f} GiB"] for count in BANKS],
    )
    return "\n".join([*checks, "", *banks])


def _processor_ms(benchmarks: str) -> list[tuple[str, float]]:
    """By request, what one of it needs of a processor, with one client and a bank of a million pictures."""
    section = _section(benchmarks, "http-1000000")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    by_one = [row for row in rows if row[1] == "1" and row[0].startswith(SHOWN) and "in a form" not in row[0]]
    return [(row[0], float(row[5])) for row in by_one]


def _bytes_a_code(benchmarks: str) -> float:
    """What one code takes in memory, by the index over ten million of them."""
    (line,) = re.findall(r"^\| Argine \|.+$", _section(benchmarks, "index-31"), re.MULTILINE)
    return float(line.split("|")[3])


def _section(benchmarks: str, name: str) -> str:
    return benchmarks.split(f"<!-- bench:{name} -->")[1].split(f"<!-- /bench:{name} -->", maxsplit=1)[0]


def _row(name: str, milliseconds: float) -> list[str]:
    core = 1000 / milliseconds
    node = core * CORES * BUSY
    return [
        name,
        f"{milliseconds:.1f}",
        f"{core:,.0f}",
        f"{node:,.0f}",
        f"{node * (NODES - 1) * DAY_S / 1e6:,.0f} million",
    ]
