"""`argine bench load` over a desk that really runs: both kinds of check are answered, and the numbers are kept."""

import json
from pathlib import Path

from click.testing import CliRunner
from PIL import Image

from argine.cli.bench.load import command


def test_mixed_checks_are_counted_by_kind_and_what_they_cost_is_told(tmp_path: Path) -> None:
    numbers, document = tmp_path / "numbers.json", tmp_path / "benchmarks.md"
    (tmp_path / "photos").mkdir()
    Image.radial_gradient("L").save(tmp_path / "photos" / "one.png")
    words = ["--n", "2000", "--minutes", "0.05", "--clients", "2", "--workers", "1", "--signals", "pdq"]
    paths = ["--images", str(tmp_path / "photos"), "--json", str(numbers), "--write", str(document)]
    result = CliRunner().invoke(command, [*words, *paths])
    assert result.exit_code == 0, result.output
    told = json.loads(numbers.read_text())
    kinds = {kind["name"]: kind for kind in told["kinds"]}
    assert set(kinds) == {"by signals", "of a picture", "all"}
    assert 2 < kinds["by signals"]["requests"] / kinds["of a picture"]["requests"] < 7
    assert all(0 < kind["p50"] <= kind["p99"] for kind in told["kinds"])
    assert told["processor"]["web"] > 0
    assert told["wrong"] == {}
    assert "<!-- bench:load-pdq -->" in document.read_text()


def test_a_folder_without_pictures_is_refused_before_anything_starts(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--images", str(tmp_path)])
    assert "There are no JPEG or PNG files" in str(result.exception)
