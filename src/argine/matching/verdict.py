"""What a platform is told about an upload, from the matches alone.

1. A sure match with a negative bank (known harmless content) vetoes all others: allow.
2. Else a sure match with a block bank: block.
3. Else any other match with a block bank, or one with a review bank: review. Patches that agree on a part, or a `pdq`
   that agrees only once the picture is mirrored or turned, are worth a look and no more.
4. Else, if the picture is too flat or too damaged to be compared by look: unhashable, never a silent "allow".
5. Else: allow. An unsure match with a negative bank says nothing.
"""

from collections.abc import Iterable
from enum import StrEnum

from argine.matching.banks import BankKind, Match
from argine.signals.patch.strength import Strength


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
    found = {(match.bank_kind, match.strength) for match in matches}
    if (BankKind.NEGATIVE, Strength.BLOCK) in found:
        return Verdict.ALLOW
    if (BankKind.BLOCK, Strength.BLOCK) in found:
        return Verdict.BLOCK
    if any(kind is not BankKind.NEGATIVE for kind, _strength in found):
        return Verdict.REVIEW
    return Verdict.ALLOW if hashable else Verdict.UNHASHABLE
