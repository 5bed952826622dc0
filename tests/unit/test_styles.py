"""The style sheets hold for a language that is written from right to left, for little motion and for forced colours."""

import re
from pathlib import Path

import pytest

from argine.desk import settings

FOLDER = Path(settings.__file__).parent / "static" / "argine"
SHEETS = sorted(FOLDER.glob("*.css"))
NO_COMMENTS = re.compile(r"/\*.*?\*/", re.DOTALL)
FOUR = ("top", "right", "bottom", "left")
SIDES = "|".join(FOUR)
PHYSICAL = re.compile(
    rf"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:{SIDES})[\w-]*|border-(?:top|bottom)-"
    rf"(?:left|right)-radius|{SIDES}|float|clear|(?:min-|max-)?(?:width|height))\s*:"
)
PHYSICAL_VALUE = re.compile(r"text-align\s*:\s*(?:left|right)")
SIDED = re.compile(r"(?<![\w-])(?:margin|padding|inset|border-width)\s*:\s*([^;}]+)")
ONE_VALUE = re.compile(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+")
MOVES = re.compile(r"(?:transition|animation|scroll-behavior)\s*:")
every_sheet = pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)


def rules(sheet: Path) -> str:
    """The text without comments and without the conditions of media queries, where only widths can be asked for."""
    return re.sub(r"@(?:media|container)[^{]*", "@media ", NO_COMMENTS.sub("", sheet.read_text("utf-8")))


def test_the_sheets_are_found() -> None:
    assert len(SHEETS) >= 7


@every_sheet
def test_no_rule_names_a_physical_side(sheet: Path) -> None:
    # A tick that is drawn by two edges and turned is a picture: it is no other from right to left.
    text = re.sub(r"\{[^}]*rotate\([^}]*\}", "{}", rules(sheet))
    assert PHYSICAL.findall(text) + PHYSICAL_VALUE.findall(text) == []
    sided = [ONE_VALUE.findall(values) for values in SIDED.findall(text)]
    # Of four sides, the second is the right and the fourth the left: they must be the same.
    assert [sides for sides in sided if len(sides) == len(FOUR) and sides[1] != sides[3]] == []


def test_nothing_moves_for_who_wants_less_motion() -> None:
    base = NO_COMMENTS.sub("", (FOLDER / "base.css").read_text("utf-8"))
    reduced = re.search(r"@media \(prefers-reduced-motion: reduce\) \{(.*?\})\s*\}", base, re.DOTALL)
    assert reduced is not None
    for what in ("animation-duration: 1ms !important", "transition-duration: 1ms !important",
                 "scroll-behavior: auto !important"):  # fmt: skip
        assert what in reduced[1]
    allowed = re.sub(r"@media \(prefers-reduced-motion[^{]*\{.*?\}\s*\}", "", base, flags=re.DOTALL)
    others = [NO_COMMENTS.sub("", sheet.read_text("utf-8")) for sheet in SHEETS if sheet.name != "base.css"]
    assert [MOVES.findall(text) for text in (allowed, *others) if "scroll-behavior: smooth" in text] == []


@pytest.mark.parametrize("name", ["base.css", "forms.css", "parts.css", "intake.css"])
def test_what_is_told_by_colour_has_a_border_or_a_mark_where_colours_are_forced(name: str) -> None:
    assert "@media (forced-colors: active)" in (FOLDER / name).read_text("utf-8")
