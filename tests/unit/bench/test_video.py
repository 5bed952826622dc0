"""The benchmark of films: its copies are what they claim, and its report holds together."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tests import clips

from argine.bench.video import clips as bench_clips
from argine.bench.video import cost, peers
from argine.bench.video.recipes import RECIPES, Recipe, made
from argine.bench.video.report import Counted, FalsePositives
from argine.bench.video.steps import Step, Steps, row_of, summed
from argine.cli.bench import video
from argine.cli.exits import CommandError
from argine.media.video import FrameRule, frames
from argine.signals.video.hasher import hash_video


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    for seed in (1, 2, 3):
        (folder / f"{seed}.mp4").write_bytes(clips.film(clips.frames(seed, 5)))
    (folder / "no film.mp4").write_bytes(b"text")
    return folder


def recipe(name: str) -> Recipe:
    return next(one for one in RECIPES if one.name == name)


@pytest.mark.parametrize("name", ["cut 60 % at 0.4", "speed 1.5", "between other film", "rate 8"])
def test_a_copy_shows_what_its_truth_says(folder: Path, name: str) -> None:
    film, other = bench_clips.read(folder / "1.mp4"), bench_clips.read(folder / "2.mp4")
    copy = made(recipe(name), film, other)
    seen = 0
    for one in frames(copy.data, FrameRule(every=0.5)):
        if copy.begins + 0.3 < one.time < copy.ends - 0.3:
            there = copy.speed * one.time + copy.offset
            nearest = min(
                float(np.abs(one.pixels.astype(int) - clips.frame(1, max(0.0, there + shift))).mean())
                for shift in (-0.2, -0.1, 0.0, 0.1, 0.2)
            )
            assert nearest < 14, one.time
            seen += 1
    assert seen > 2


@pytest.mark.slow
@pytest.mark.parametrize("one", RECIPES, ids=lambda one: one.name)
def test_every_edit_gives_a_film_that_can_be_read(folder: Path, one: Recipe) -> None:
    film = bench_clips.read(folder / "1.mp4")
    assert len(hash_video(made(one, film, film).data).signal) > 0


def test_vpdqs_rule_asks_for_four_fifths_of_the_query() -> None:
    codes = np.random.default_rng(1).integers(0, 2**63, (10, 4), np.uint64)
    other = np.random.default_rng(2).integers(0, 2**63, (10, 4), np.uint64)
    assert peers.found(codes, codes)
    assert peers.found(np.concatenate([codes[:8], other[:2]]), codes)
    assert not peers.found(np.concatenate([codes[:7], other[:3]]), codes)
    assert not peers.found(codes[:0], codes)


def test_a_film_repeated_is_as_often_as_long() -> None:
    film = clips.film(clips.frames(1, 4))
    again = cost.repeated(film, 3)
    assert abs(hash_video(again).signal.milliseconds - 11_900) < 300


@pytest.mark.slow
def test_the_report_is_written_whole(folder: Path, tmp_path: Path) -> None:
    groups = tmp_path / "groups.txt"
    groups.write_text("1.mp4, 2.mp4\n")
    target = tmp_path / "report.json"
    words = ["--videos", str(folder), "--groups", str(groups), "--edits", "re-encode crf 32,mirror",
             "--minutes", "0.05", "--long", "2", "--json", str(target)]  # fmt: skip
    run = CliRunner().invoke(video.command, words, catch_exceptions=False)
    assert run.exit_code == 0, run.output
    report = json.loads(target.read_text())
    assert report["films"] == 3
    assert set(report["edits"]) == {"re-encode crf 32", "mirror", "mirror, letterbox"}
    assert all(row["argine"] == 1 for row in report["edits"].values())
    assert report["edits"]["mirror"]["vpdq"] == 0
    assert report["false_positives"]["argine"] == 0
    assert report["cost"][0]["check"] > 0
    assert report["long"]["peak_mib"] > 0


def test_a_run_that_was_cut_short_goes_on_where_it_was(folder: Path, tmp_path: Path) -> None:
    kept, films = tmp_path / "steps.json", [("1.mp4", 100)]
    asked: list[str] = []

    def step(name: str) -> Step:
        asked.append(name)
        wrong = FalsePositives(pairs=3, argine=0, vpdq=0, grouped_pairs=1, grouped=1, wrong=[])
        counted = Counted(n=1, flat=0, argine=1, vpdq=0, errors=[0.5], missed=[])
        return Step(edit=name, counted=counted, wrong=wrong)

    first = Steps(kept, films).do("mirror", lambda: step("mirror"))
    again = Steps(kept, films)
    assert again.do("mirror", lambda: step("mirror")) == first
    again.do("logo", lambda: step("logo"))
    assert asked == ["mirror", "logo"]
    row = row_of("all", [*again.done.values()])
    assert (row["n"], row["argine"], row["vpdq"], row["error_max"]) == (2, 1, 0, 0.5)
    assert summed(one["wrong"] for one in again.done.values())["pairs"] == 6
    words = ["--videos", str(folder), "--only", "recall", "--resume"]
    refused = CliRunner().invoke(video.command, [*words, str(kept)])
    assert isinstance(refused.exception, CommandError)
    assert "other films" in str(refused.exception)
    kept.write_text("text")
    refused = CliRunner().invoke(video.command, [*words, str(kept)])
    assert "no steps" in str(refused.exception)


def test_a_folder_without_films_is_refused(tmp_path: Path) -> None:
    run = CliRunner().invoke(video.command, ["--videos", str(tmp_path)])
    assert run.exit_code != 0
