"""The numbers of docs/reference/limits.md are those of the code."""

import re
from importlib import import_module
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "limits.md"
LINES = re.findall(r"^\| [^|]+ \| ([\d, ]+) \| `([\w.]+):(\w+)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)


def test_the_page_has_such_lines() -> None:
    assert len(LINES) > 15


@pytest.mark.parametrize(("told", "module", "name"), LINES, ids=[f"{module}:{name}" for _, module, name in LINES])
def test_a_limit_is_as_the_page_says(told: str, module: str, name: str) -> None:
    value = getattr(import_module(f"argine.{module}"), name)
    numbers = [int(part) for part in told.split(", ")]
    assert numbers == ([value.burst, value.seconds_each] if hasattr(value, "burst") else [value])
