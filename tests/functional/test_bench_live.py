"""`argine bench live` over processes that really run: every change is seen by every reader."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from argine.cli.bench import live
from argine.cli.bench.live import command


def test_every_change_is_seen_by_every_process_and_the_numbers_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "QUIET_S", 1.0)
    numbers, document = tmp_path / "numbers.json", tmp_path / "benchmarks.md"
    words = ["--n", "3000", "--readers", "2", "--rate", "50", "--changes", "3", "--bulk", "20", "--json", str(numbers)]
    result = CliRunner().invoke(command, [*words, "--write", str(document)])
    assert result.exit_code == 0, result.output
    told = json.loads(numbers.read_text())
    assert 0 <= told["added_median"] <= told["added_most"]
    assert 0 <= told["withdrawn_median"] <= told["withdrawn_most"]
    assert 0 < told["quiet_p50"] <= told["quiet_p99"]
    assert len(told["own_mib"]) == 2
    assert "<!-- bench:live-3000 -->" in document.read_text()
