import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from argine.bench import machine, sections
from argine.bench.index import engines, growth, measure, text
from argine.bench.index.data import plant, random_codes
from argine.cli.bench.index import command

CODES = random_codes(3000, 1)


def test_planted_queries_differ_from_their_code_in_so_many_bits_half_of_them_evenly() -> None:
    planted = plant(CODES, 47, 4, 2)
    differing = np.bitwise_count(planted.queries ^ CODES[planted.rows])
    assert differing.sum(axis=1).tolist() == planted.distances.tolist() == [*range(48)] * 4
    chunks = differing.reshape(-1, 16, 2).sum(axis=2)
    even = chunks[48:96]
    assert (even.max(axis=1) - even.min(axis=1) <= 1).all()


@pytest.mark.parametrize("name", ["argine", "numpy", "faiss-flat", "faiss-multihash", "usearch"])
def test_every_engine_finds_what_was_planted(name: str) -> None:
    package = {"faiss-flat": "faiss", "faiss-multihash": "faiss", "usearch": "usearch.index"}.get(name)
    if package:
        pytest.importorskip(package)
    planted = plant(CODES, 20, 2, 3)
    result = measure.measure(engines.ENGINES[name], CODES, random_codes(40, 4), planted, 20, 2)
    assert result.recall == [1.0] * 21
    assert set(result.rate) == {1, 2}
    assert 0 < result.p50_us <= result.p99_us


def test_a_slow_engine_is_asked_less() -> None:
    engine = engines.argine(CODES, 31)
    assert len(measure.latencies(engine, random_codes(100, 4), 31, share=0.0).wall) == measure.LEAST + 1


def test_the_section_says_what_ran_where_and_what_was_missing() -> None:
    result = measure.Result("Argine", 1.5, 128.4, 30.0, 60.0, 30.0, 25.0, {1: 40000.0, 2: 80000.0}, [1.0, 1.0], 10)
    peer = measure.Result("Peer", 0.5, 32.0, 9000.0, 6000.0, 3000.0, 2500.0, {1: 400.0, 2: 800.0}, [1.0, 0.5], 10)
    size = growth.Size(1000, 0.1, 130.0, 5.0, 9.0, 5.0, float("nan"), float("nan"))
    parts = [text.comparison([result, peer], ["usearch"], 1), text.growth([size])]
    when = datetime(2026, 1, 2, tzinfo=UTC)
    section = text.section("argine bench index", machine.describe("numpy"), when, 1000, parts)
    assert "`argine bench index`, 2026-01-02." in section
    assert "| Peer | 0.50 | 32.0 | 9,000.0 | 6,000.0 | 3,000.0 | 2,500.0 | 400 | 800 | 100 | 0.500 |" in section
    assert "Not installed, so not measured: usearch." in section
    assert "100,000,000 codes take 12.1 GiB" in section


def test_a_section_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    document = tmp_path / "docs" / "benchmarks.md"
    sections.write_section(document, "one", "first")
    sections.write_section(document, "two", "second")
    sections.write_section(document, "one", "third\n")
    content = document.read_text("utf-8")
    assert content.startswith("# Benchmarks\n")
    assert (
        "<!-- bench:one -->\nthird\n<!-- /bench:one -->\n\n<!-- bench:two -->\nsecond\n<!-- /bench:two -->" in content
    )
    assert "first" not in content


def test_the_command_writes_numbers_a_plot_and_its_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(growth, "SIZES", (1000, 2000))
    files = ["--json", str(tmp_path / "out.json"), "--plots", str(tmp_path), "--write", str(tmp_path / "b.md")]
    words = ["--n", "2000", "--radius", "5", "--queries", "20", "--engines", "argine,numpy", "--grow", *files]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    numbers = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert [result["recall"] for result in numbers["results"]] == [[1.0] * 6] * 2
    assert [size["count"] for size in numbers["growth"]] == [1000, 2000]
    assert (tmp_path / "index-growth-5.svg").stat().st_size > 1000
    document = (tmp_path / "b.md").read_text("utf-8")
    assert "<!-- bench:index-5 -->" in document
    assert "<!-- bench:index-growth-5 -->" in document
    assert "![Latency by number of codes](index-growth-5.svg)" in document


def test_a_peer_that_is_not_installed_is_said_and_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(codes: object, radius: int) -> engines.Engine:
        raise ImportError

    monkeypatch.setitem(engines.ENGINES, "usearch", missing)
    done = CliRunner().invoke(command, ["--n", "1000", "--queries", "10", "--engines", "argine,usearch"])
    assert done.exit_code == 0
    assert "Not installed, so not measured: usearch." in done.output


def test_an_unknown_engine_is_refused() -> None:
    done = CliRunner().invoke(command, ["--engines", "argine,magic"])
    assert (done.exit_code, "unknown: magic" in done.output) == (2, True)
