"""Banks in memory and their thresholds: signals in, matches (facts) and a verdict out."""

from argine.matching.banks import DEFAULT_PDQ_THRESHOLD, Bank, BankEntry, BankKind, Match
from argine.matching.matcher import Matcher
from argine.matching.verdict import Verdict, decide

__all__ = ["DEFAULT_PDQ_THRESHOLD", "Bank", "BankEntry", "BankKind", "Match", "Matcher", "Verdict", "decide"]
