import pytest

from argine.matching import BankKind, Match, Verdict, decide
from argine.signals.types import SignalType

B, R, N = BankKind.BLOCK, BankKind.REVIEW, BankKind.NEGATIVE


def match(kind: BankKind) -> Match:
    return Match("bank", kind, "entry", SignalType.SHA256, 0, 0)


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
