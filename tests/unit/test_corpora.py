"""Inputs that fuzzing found worth keeping, and those it began with: each is taken, or refused as it should be."""

import pytest
from tools.fuzz import KEPT, LONGEST_KEPT
from tools.fuzz_targets import TARGETS


@pytest.mark.parametrize("name", list(TARGETS))
def test_every_kept_input_and_every_seed_is_taken_or_refused(name: str) -> None:
    kept = sorted((KEPT / name).iterdir())
    assert kept
    for data in [*TARGETS[name].seeds(), *(path.read_bytes() for path in kept)]:
        TARGETS[name].check(data)


@pytest.mark.parametrize("name", list(TARGETS))
def test_every_seed_is_one_that_the_reader_takes(name: str) -> None:
    taken = 0
    for seed in TARGETS[name].seeds():
        try:
            TARGETS[name].run(seed)
        except TARGETS[name].refusals:
            continue
        taken += 1
    assert taken


def test_no_kept_input_is_large_and_none_is_of_no_target() -> None:
    assert {folder.name for folder in KEPT.iterdir() if folder.is_dir()} == set(TARGETS)
    assert max(path.stat().st_size for path in KEPT.rglob("*") if path.is_file()) <= LONGEST_KEPT
