"""Exact search for codes by Hamming distance: all codes within a radius, none missed."""

from argine.index.errors import IndexFileError
from argine.index.hamming import HammingIndex, Stats
from argine.index.interface import CODE_BITS, CODE_BYTES, Codes, Index, Keys, Matches
from argine.index.votes import Votes, vote

__all__ = [
    "CODE_BITS",
    "CODE_BYTES",
    "Codes",
    "HammingIndex",
    "Index",
    "IndexFileError",
    "Keys",
    "Matches",
    "Stats",
    "Votes",
    "vote",
]
