import pytest

from argine.matching import BankKind, Match, Verdict, decide
from argine.signals.patch import Strength
from argine.signals.types import SignalType

B, R, N = BankKind.BLOCK, BankKind.REVIEW, BankKind.NEGATIVE


def match(kind: BankKind, strength: Strength = Strength.BLOCK) -> Match:
    return Match("bank", kind, "entry", SignalType.SHA256, 0, 0, strength)


@pytest.mark.parametrize(
    ("kinds", "if_hashable", "if_unhashable"),
    [
        ([], Verdict.ALLOW, Verdict.UNHASHABLE),
        ([B], Verdict.BLOCK, Verdict.BLOCK),
        ([R], Verdict.REVIEW, Verdict.REVIEW),
        ([N], Verdict.ALLOW, Verdict.ALLOW),
        ([R, B], Verdict.BLOCK, Verdict.BLOCK),
        ([B, N], Verdict.ALLOW, Verdict.ALLOW),
        ([R, N], Verdict.ALLOW, Verdict.ALLOW),
        ([R, B, N], Verdict.ALLOW, Verdict.ALLOW),
    ],
)
def test_the_verdict_follows_from_the_kinds_of_the_banks_that_match(
    kinds: list[BankKind], if_hashable: Verdict, if_unhashable: Verdict
) -> None:
    for order in (kinds, kinds[::-1]):
        matches = [match(kind) for kind in order]
        assert decide(matches, hashable=True) is if_hashable
        assert decide(matches, hashable=False) is if_unhashable


SURE, UNSURE = Strength.BLOCK, Strength.REVIEW


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([(B, UNSURE)], Verdict.REVIEW),
        ([(R, UNSURE)], Verdict.REVIEW),
        ([(N, UNSURE)], Verdict.ALLOW),
        ([(B, SURE), (N, UNSURE)], Verdict.BLOCK),
        ([(B, UNSURE), (N, SURE)], Verdict.ALLOW),
        ([(B, UNSURE), (N, UNSURE)], Verdict.REVIEW),
        ([(B, UNSURE), (B, SURE)], Verdict.BLOCK),
        ([(R, SURE), (B, UNSURE)], Verdict.REVIEW),
    ],
)
def test_what_is_not_sure_blocks_nothing_and_vetoes_nothing(
    found: list[tuple[BankKind, Strength]], verdict: Verdict
) -> None:
    for order in (found, found[::-1]):
        assert decide([match(*one) for one in order], hashable=True) is verdict


def test_an_unsure_match_with_a_negative_bank_makes_no_flat_picture_hashable() -> None:
    assert decide([match(N, UNSURE)], hashable=False) is Verdict.UNHASHABLE
