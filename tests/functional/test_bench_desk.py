"""`argine bench desk` over a desk that really runs: every page is answered, and the numbers are kept."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from argine.cli.bench import desk
from argine.cli.bench.desk import FILTERS, LAWS, TABS, command


def test_every_page_is_answered_and_its_numbers_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "WARM_S", 0.1)  # a warm desk is for true numbers, and here they need not be
    numbers, document = tmp_path / "numbers.json", tmp_path / "benchmarks.md"
    words = ["--n", "20", "--seconds", "0.02", "--times", "2", "--workers", "1"]
    result = CliRunner().invoke(command, [*words, "--json", str(numbers), "--write", str(document)])
    assert result.exit_code == 0, result.output
    told = json.loads(numbers.read_text())
    assert told["n"] == 20
    names = [line["name"] for line in told["lines"]]
    assert [name for name in names if name.startswith("queue: ")] == [
        *(f"queue: {tab}" for tab in TABS),
        *(f"queue: open, law {law}" for law in LAWS),
        "queue: open, last page",
        *(f"queue: open, {name}={value}" for name, value in FILTERS),
    ]
    assert all(0 < line["p50"] <= line["p95"] <= line["p99"] for line in told["lines"])
    assert "<!-- bench:desk-20 -->" in document.read_text()
