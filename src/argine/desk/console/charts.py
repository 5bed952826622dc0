"""Charts as numbers: where a template draws bars, lines and texts of an SVG. Nothing but arithmetic.

All lengths are in the units of the drawing, which is WIDTH wide: narrow, so that its texts can be read on a phone. What
a chart shows stands in its table too; colours come from classes, and no meaning from colour alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH = 320
ROW, BAR, LABEL, LINE = 46, 12, 14, 18
"""Of a bar: the height of its row, its own height, where its label's line lies in the row, the height of a line."""
FITS = 40
"""Letters of a line. A longer label is cut: its table has it whole."""
PLOT_TOP, PLOT_HEIGHT, PLOT_LEFT = 16, 120, 34
AXIS = 22
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar: how much, and the tone that its class names."""

    value: int
    tone: str


@dataclass(frozen=True, slots=True)
class Item:
    """What one bar stands for: its name, its parts, and the words that say how much each part is."""

    label: str
    parts: Sequence[Part]
    said: str


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True, slots=True)
class Text:
    """`anchor` is SVG's: start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and its table. `line` and `area` are lists of points as SVG writes them, empty where there are none."""

    name: str
    title: str
    summary: str
    table: Table
    height: float
    rects: list[Rect]
    texts: list[Text]
    grid: list[float]
    line: str = ""
    area: str = ""

    @property
    def box(self) -> str:
        return f"0 0 {WIDTH} {_short(self.height)}"


def bars(name: str, title: str, summary: str, items: Sequence[Item], table: Table) -> Chart:
    """Draw a bar for each item, the longest as wide as the drawing, its name above it.

    The words stand beside the name, or below all bars where that leaves no room.
    """
    most = max((sum(part.value for part in item.parts) for item in items), default=0)
    below = any(len(item.label) + len(item.said) + 2 > FITS for item in items)
    row = ROW + LINE if below else ROW
    rects: list[Rect] = []
    texts: list[Text] = []
    for place, item in enumerate(items):
        top = place * row + LABEL
        texts.append(Text(0, top, _cut(item.label)))
        texts.append(Text(0, top + BAR + LINE + 2, item.said) if below else Text(WIDTH, top, item.said, "end"))
        rects += _bar(item, top + 6, WIDTH / most if most else 0.0)
    return Chart(name, title, summary, table, max(len(items), 1) * row - BAR / 2, rects, texts, [])


def _bar(item: Item, y: float, scale: float) -> Iterator[Rect]:
    x = 0.0
    for part in item.parts:
        if part.value:
            yield Rect(_round(x), y, _round(scale * part.value), BAR, part.tone)
        x += scale * part.value


def _cut(label: str) -> str:
    return label if len(label) <= FITS else f"{label[: FITS - 1].rstrip()}…"


def line(name: str, title: str, summary: str, points: Sequence[tuple[str, int]], table: Table) -> Chart:
    """Draw how a number changes from point to point, from zero up; first and last point are named below."""
    top = nice(max((value for _label, value in points), default=0))
    bottom = PLOT_TOP + PLOT_HEIGHT
    step = (WIDTH - PLOT_LEFT) / max(len(points) - 1, 1)
    places = [
        (PLOT_LEFT + step * place, bottom - PLOT_HEIGHT * max(value, 0) / top)
        for place, (_label, value) in enumerate(points)
    ]
    texts = [Text(PLOT_LEFT - 6, bottom + 4, "0", "end"), Text(PLOT_LEFT - 6, PLOT_TOP + 4, str(top), "end")]
    if points:
        texts.append(Text(PLOT_LEFT, bottom + AXIS, points[0][0]))
    if len(points) > 1:
        texts.append(Text(WIDTH, bottom + AXIS, points[-1][0], "end"))
    drawn = " ".join(_point(place) for place in places)
    closed = f"{_point((PLOT_LEFT, bottom))} {drawn} {_point((places[-1][0], bottom))}" if places else ""
    grid = [PLOT_TOP, PLOT_TOP + PLOT_HEIGHT / 2, bottom]
    return Chart(name, title, summary, table, bottom + AXIS + 6, [], texts, grid, drawn, closed)


def nice(most: int) -> int:
    """The end of an axis: the next number of 1, 2 or 5 and zeros; at least 1."""
    size = 1
    while True:
        for step in STEPS:
            if step * size >= most:
                return step * size
        size *= 10


def _point(place: tuple[float, float]) -> str:
    return f"{_short(place[0])},{_short(place[1])}"


def _round(number: float) -> float:
    return round(number, 1)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
