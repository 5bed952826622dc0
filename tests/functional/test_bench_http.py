"""`argine bench http` over a desk that really runs: every question has the right answer, and the numbers are kept."""

import json
import zlib
from pathlib import Path

from click.testing import CliRunner

from argine.bench import http
from argine.cli.bench.http import command


def test_every_kind_of_request_is_answered_and_its_numbers_are_kept(tmp_path: Path) -> None:
    numbers, document = tmp_path / "numbers.json", tmp_path / "benchmarks.md"
    words = ["--n", "2000", "--seconds", "0.05", "--clients", "1,2", "--workers", "1", "--hma"]
    result = CliRunner().invoke(command, [*words, "--json", str(numbers), "--write", str(document)])
    assert result.exit_code == 0, result.output
    told = json.loads(numbers.read_text())
    rates = told["rates"]
    assert [rate["clients"] for rate in rates] == [1] * (len(rates) // 2) + [2] * (len(rates) // 2)
    assert {rate["name"].partition(" of ")[0] for rate in rates} >= {
        "nothing",
        "pdq",
        "JPEG",
        "PNG",
        "HMA's look-up: JPEG",
    }
    assert all(0 < rate["p50"] <= rate["p99"] and rate["requests"] >= 1 for rate in rates)
    assert len(told["own_mib"]) == 1
    assert "<!-- bench:http-2000 -->" in document.read_text()


def test_the_bomb_is_small_and_whole() -> None:
    bomb = http.bomb(100)
    start = bomb.index(b"IDAT") + 4
    size = int.from_bytes(bomb[start - 8 : start - 4])
    assert len(zlib.decompress(bomb[start : start + size])) == 100 * 301
    assert len(http.bomb(3000)) < 100_000
