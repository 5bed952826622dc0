"""Functions of at most 50 lines, files of at most 400."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_FUNCTION_LINES = 50
MAX_FILE_LINES = 400

# Where written files are; migrations are written by Django.
FOLDERS = ("src", "tests", "tools", "browser")
SUFFIXES = {".py", ".js", ".css", ".html"}

# Files that may be longer, each with its reason.
LONGER_FILES: dict[str, str] = {}


def written_files() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SUFFIXES and "migrations" not in path.parts:
                yield path.relative_to(ROOT)


def lines_of(path: Path) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def long_functions(source: str) -> list[str]:
    return [
        f"{node.name}: {length} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION_LINES
    ]


FILES = list(written_files())


def test_no_file_has_more_than_400_lines() -> None:
    long = {str(path): lines for path in FILES if (lines := lines_of(path)) > MAX_FILE_LINES}
    assert {path: lines for path, lines in long.items() if path not in LONGER_FILES} == {}
    assert set(LONGER_FILES) <= set(long), "an exception that is no longer needed"


def test_no_function_has_more_than_50_lines() -> None:
    found = {str(path): long_functions((ROOT / path).read_text("utf-8")) for path in FILES if path.suffix == ".py"}
    assert {path: functions for path, functions in found.items() if functions} == {}


@pytest.mark.parametrize(("lines", "found"), [(50, []), (51, ["f: 51 lines"])])
@pytest.mark.parametrize("head", ["def f():", "async def f():"])
def test_the_check_measures_a_planted_function(head: str, lines: int, found: list[str]) -> None:
    assert long_functions("\n".join([head, *["    pass"] * (lines - 1)])) == found
