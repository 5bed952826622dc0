"""Films and pictures in one matcher: what a match of parts proves, and both ways between films and stills."""

import io
from functools import cache

import numpy as np
import pytest
from PIL import Image
from tests import clips

from argine.matching import Bank, BankEntry, BankKind, Match, Matcher
from argine.matching.films import spans, strength_of
from argine.matching.video import VideoThresholds
from argine.signals.films import hash_film, hash_film_query
from argine.signals.hasher import HashedFile, hash_file_bytes, hash_query
from argine.signals.patch import Rectangle, Strength
from argine.signals.types import Signal, SignalType

BLOCK, REVIEW = Strength.BLOCK, Strength.REVIEW


@pytest.mark.parametrize(
    ("kind", "as_it_is", "frames", "query_share", "entry_share", "strength"),
    [
        (BankKind.BLOCK, True, 3, 0.01, 0.01, BLOCK),
        (BankKind.BLOCK, True, 2, 0.01, 0.01, REVIEW),  # one title, or chance
        (BankKind.BLOCK, True, 1, 1.0, 0.01, BLOCK),  # a still of it
        (BankKind.BLOCK, True, 1, 0.01, 1.0, BLOCK),  # all of a short clip
        (BankKind.BLOCK, False, 100, 1.0, 1.0, REVIEW),  # mirrored, turned, or by patches
        (BankKind.REVIEW, True, 3, 0.01, 0.01, BLOCK),
        (BankKind.NEGATIVE, True, 100, 0.89, 1.0, REVIEW),  # lawful, but there is something else too
        (BankKind.NEGATIVE, True, 100, 0.9, 0.1, BLOCK),
        (BankKind.NEGATIVE, False, 100, 1.0, 1.0, REVIEW),
    ],
)
def test_what_an_agreement_in_time_proves(
    kind: BankKind, as_it_is: bool, frames: int, query_share: float, entry_share: float, strength: Strength
) -> None:
    found = strength_of(kind, as_it_is=as_it_is, frames=frames, query_share=query_share, entry_share=entry_share)
    assert found is strength


def test_moments_that_follow_one_another_are_one_part() -> None:
    parts = spans({3.0: 4, 1.0: 2, 2.0: 9, 40.0: 1})
    assert [(one.query_from, one.query_until, one.frames, one.distance) for one in parts] == [
        (1.0, 3.0, 3, 4.0),
        (40.0, 40.0, 1, 1.0),
    ]
    assert spans({}) == ()


@cache
def banked(seed: int) -> tuple[Signal, ...]:
    signals = hash_film(clips.film(clips.frames(seed, 12))).signals
    return tuple(signal for signal in signals if signal.type is SignalType.VIDEO)


@cache
def asked(seed: int, seconds: float = 4, start: float = 4) -> HashedFile:
    return hash_film_query(clips.film(clips.frames(seed, seconds, start), "libvpx", "webm"))


def still(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, kind)
    return buffer.getvalue()


def matcher(*entries: BankEntry, film: VideoThresholds | None = None) -> Matcher:
    made = Matcher()
    made.put_bank(Bank("bank", "Bank", BankKind.BLOCK, film=film or VideoThresholds()))
    made.put_bank(Bank("other", "Other", BankKind.BLOCK))
    made.put_entries(entries)
    return made


def found(made: Matcher, hashed: HashedFile, banks: frozenset[str] | None = None) -> list[Match]:
    return made.match(hashed.signals, banks, hashed.views, hashed.animation, hashed.video)


def test_a_film_is_found_in_its_bank_only() -> None:
    made = matcher(BankEntry("one", "bank", banked(1)), BankEntry("two", "other", banked(2)))
    (match,) = found(made, asked(1))
    assert (match.entry, match.signal_type, match.strength) == ("one", SignalType.VIDEO, BLOCK)
    assert found(made, asked(1), frozenset({"other"})) == []
    assert [one.entry for one in found(made, asked(2), frozenset({"other"}))] == ["two"]
    assert found(made, asked(3)) == []


def test_what_is_withdrawn_or_replaced_is_found_no_more() -> None:
    made = matcher(BankEntry("one", "bank", banked(1)))
    made.put_entry(BankEntry("one", "bank", banked(2)))
    assert found(made, asked(1)) == []
    assert [one.entry for one in found(made, asked(2))] == ["one"]
    made.withdraw("one")
    assert found(made, asked(2)) == []
    assert len(made) == 0


def test_an_entry_that_is_bound_to_a_part_has_no_film() -> None:
    assert found(matcher(BankEntry("one", "bank", banked(1), Rectangle(0, 0, 0.5, 0.5))), asked(1)) == []


def test_a_film_that_cannot_be_read_does_not_keep_the_others_out() -> None:
    (signal,) = banked(1)
    broken = Signal(SignalType.VIDEO, signal.value[:-3])
    made = matcher(BankEntry("broken", "bank", (broken,)), BankEntry("one", "bank", banked(1)))
    assert [one.entry for one in found(made, asked(1))] == ["one"]


def test_a_bank_may_ask_for_more() -> None:
    entry = BankEntry("one", "bank", banked(1))
    assert found(matcher(entry, film=VideoThresholds(least_entry_share=0.8)), asked(1)) == []
    assert found(matcher(entry, film=VideoThresholds(least_frames=40)), asked(1, 12, 0)) == []
    assert found(matcher(entry, film=VideoThresholds(least_entry_share=0.8)), asked(1, 12, 0))


def test_stills_are_found_in_films_and_films_by_stills() -> None:
    made = matcher(BankEntry("film", "bank", banked(1)))
    (match,) = found(made, hash_query(still(clips.frame(1, 7.4), "JPEG")))
    assert (match.entry, match.strength) == ("film", BLOCK)
    assert match.found.times is not None
    assert match.found.times.segments[0].entry_from == pytest.approx(7.4, abs=0.5)

    picture = hash_file_bytes(still(clips.frame(1, 7.0)))
    made = matcher(BankEntry("picture", "bank", picture.signals))
    match = found(made, asked(1))[0]
    assert match.entry == "picture"
    assert match.found.times is not None
    assert match.found.times.segments[0].query_from == pytest.approx(3, abs=1)


def test_a_mirrored_still_of_a_film_is_worth_a_look() -> None:
    made = matcher(BankEntry("film", "bank", banked(1)))
    (match,) = found(made, hash_query(still(clips.frame(1, 7.4)[:, ::-1])))
    assert (match.found.mirrored, match.strength) == (True, REVIEW)


def test_the_frames_of_a_banked_signal_are_looked_up_without_views() -> None:
    """As cases are compared with one another: from what banks keep."""
    made = matcher(BankEntry("film", "bank", banked(1)))
    (match,) = made.match(banked(1))
    assert (match.entry, match.distance) == ("film", 0)
