"""Charts are arithmetic: bars in proportion, lines within their frame, nothing lost that the table says."""

from hypothesis import given
from hypothesis import strategies as st

from argine.desk.console.charts import FITS, WIDTH, Item, Part, Table, bars, line, nice

NO_TABLE = Table((), [])
VALUES = st.lists(st.lists(st.integers(0, 10**6), min_size=1, max_size=4), max_size=8)


@given(VALUES)
def test_bars_are_as_long_as_their_parts_in_proportion_and_stay_in_the_drawing(values: list[list[int]]) -> None:
    items = [Item("a", [Part(value, "accent") for value in parts], "b") for parts in values]
    chart = bars("name", "Title", "Summary", items, NO_TABLE)
    most = max((sum(parts) for parts in values), default=0)
    shown = [value for parts in values for value in parts if value]
    assert len(chart.rects) == len(shown)
    for rect, value in zip(chart.rects, shown, strict=True):
        assert abs(rect.width - WIDTH * value / most) <= 0.051
        assert rect.x >= 0
        assert rect.x + rect.width <= WIDTH + 0.11
        assert rect.y + rect.height <= chart.height


def test_words_that_leave_no_room_beside_a_name_stand_below_all_bars_and_a_long_name_is_cut() -> None:
    short = bars("n", "T", "S", [Item("overdue", [Part(1, "bad")], "1")], NO_TABLE)
    assert [(text.text, text.anchor) for text in short.texts] == [("overdue", "start"), ("1", "end")]
    long = bars("n", "T", "S", [Item("x" * 60, [Part(1, "bad")], "1 · 2"), Item("y", [], "0")], NO_TABLE)
    assert [len(text.text) for text in long.texts if text.text[0] == "x"] == [FITS]
    assert {text.anchor for text in long.texts} == {"start"}
    assert long.height > short.height * 2


@given(st.lists(st.integers(0, 10**6), max_size=70))
def test_a_line_has_every_point_within_the_frame_and_rises_with_the_number(values: list[int]) -> None:
    chart = line("n", "T", "S", [(str(at), value) for at, value in enumerate(values)], NO_TABLE)
    points = [tuple(map(float, point.split(","))) for point in chart.line.split()]
    assert len(points) == len(values)
    for (x, y), value in zip(points, values, strict=True):
        assert 0 <= x <= WIDTH
        assert chart.grid[0] - 0.1 <= y <= chart.grid[-1]
        assert (y == chart.grid[-1]) or value > 0
    assert bool(chart.area) == bool(values)
    assert {text.text for text in chart.texts} >= {"0"}


@given(st.integers(0, 10**9))
def test_an_axis_ends_at_a_round_number_that_is_large_enough_and_not_much_too_large(most: int) -> None:
    end = nice(most)
    assert end >= max(most, 1)
    assert end <= max(most, 1) * 2.5
    assert int(str(end)[0]) in {1, 2, 5}
    assert set(str(end)[1:]) <= {"0"}
