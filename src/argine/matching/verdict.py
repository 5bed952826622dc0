"""What a platform is told about an upload, from the matches alone.

1. A match with a negative bank (known harmless content) vetoes all others: allow.
2. Else a match with a block bank: block.
3. Else a match with a review bank: review.
4. Else, if the picture is too flat or too damaged to be compared by look: unhashable, never a silent "allow".
5. Else: allow.
"""

from collections.abc import Iterable
from enum import StrEnum

from argine.matching.banks import BankKind, Match


class Verdict(StrEnum):
    """The answer to an upload check."""

    BLOCK = "block"
    REVIEW = "review"
    ALLOW = "allow"
    UNHASHABLE = "unhashable"


def decide(matches: Iterable[Match], *, hashable: bool) -> Verdict:
    """Turn matches into a verdict by the rules above.

    Args:
        matches: of one picture, from the banks that were asked.
        hashable: whether the picture could be compared by look. Exact matches count even if it could not.
    """
    kinds = {match.bank_kind for match in matches}
    if BankKind.NEGATIVE in kinds:
        return Verdict.ALLOW
    if BankKind.BLOCK in kinds:
        return Verdict.BLOCK
    if BankKind.REVIEW in kinds:
        return Verdict.REVIEW
    return Verdict.ALLOW if hashable else Verdict.UNHASHABLE
