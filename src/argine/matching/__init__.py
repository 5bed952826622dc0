"""Banks in memory and their thresholds: signals in, matches (facts) and a verdict out."""

from argine.matching.banks import AS_IT_IS, DEFAULT_PDQ_THRESHOLD, Bank, BankEntry, BankKind, Found, Match
from argine.matching.matcher import Matcher
from argine.matching.verdict import Verdict, decide

__all__ = [
    "AS_IT_IS",
    "DEFAULT_PDQ_THRESHOLD",
    "Bank",
    "BankEntry",
    "BankKind",
    "Found",
    "Match",
    "Matcher",
    "Verdict",
    "decide",
]
