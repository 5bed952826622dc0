"""The table of the OWASP ASVS is whole, adds up, and names only what is there."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "asvs.md").read_text("utf-8")
STATES = ("met", "partly", "not met", "operator", "not applicable")
ROWS = re.findall(r"^\| (\d+)\.(\d+)\.(\d+) ([^|]+) \| ([^|]+) \| (.+) \|$", PAGE, re.MULTILINE)
SUMS = re.findall(r"^\| (?:V(\d+) [^|]+|all) \| (\d*) \| (\d*) \| (\d*) \| (\d*) \| (\d*) \|$", PAGE, re.MULTILINE)
REQUIREMENTS = 253  # of levels 1 and 2 in 5.0.0


def test_each_requirement_stands_once_and_in_order() -> None:
    numbers = [(int(chapter), int(section), int(number)) for chapter, section, number, *_rest in ROWS]
    assert len(numbers) == REQUIREMENTS
    assert all(one < next_one for one, next_one in pairwise(numbers))


def test_each_has_a_state_and_a_reason() -> None:
    assert {state for *_number, state, _why in ROWS} <= set(STATES)
    assert all(len(why) > 8 for *_number, why in ROWS)


def test_what_is_met_names_what_shows_it() -> None:
    assert [number for *number, _about, state, why in ROWS if state == "met" and "`" not in why] == []


def test_the_sums_are_those_of_the_rows() -> None:
    told = {chapter: [int(number or 0) for number in numbers] for chapter, *numbers in SUMS}
    counted = {chapter: Counter(state for one, *_rest, state, _why in ROWS if chapter in {one, ""}) for chapter in told}
    assert {chapter: [found[state] for state in STATES] for chapter, found in counted.items()} == told


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`((?:src|tests|docs|deploy|tools|browser)/[^`\s]+)`", PAGE))))
def test_what_is_named_is_there(place: str) -> None:
    assert (ROOT / place).exists()
