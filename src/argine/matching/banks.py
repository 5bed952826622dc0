"""What is matched against, and what a match is."""

from dataclasses import dataclass
from enum import StrEnum

from argine.index import CODE_BITS
from argine.signals.types import Signal, SignalType

DEFAULT_PDQ_THRESHOLD = 31  # bits of 256, where the makers of PDQ say to start


class BankKind(StrEnum):
    """What a match with an entry of the bank asks for."""

    BLOCK = "block"
    REVIEW = "review"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class Bank:
    """A named set of known content.

    Attributes:
        pdq_threshold: the largest distance between two `pdq` signals that counts as a match; bits, 0..256.

    Raises:
        ValueError: the threshold is out of range.
    """

    id: str
    name: str
    kind: BankKind
    pdq_threshold: int = DEFAULT_PDQ_THRESHOLD

    def __post_init__(self) -> None:
        if not 0 <= self.pdq_threshold <= CODE_BITS:
            raise ValueError(f"a pdq threshold is a number of bits from 0 to {CODE_BITS}, not {self.pdq_threshold}")


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One member of a bank, with its signals.

    Attributes:
        id: a UUID as text, unique over all banks.
        bank: the id of its bank.
    """

    id: str
    bank: str
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A fact: this bank entry is so near to what was asked about. It judges nothing and nobody.

    Attributes:
        bank: the id of the bank.
        entry: the id of the bank entry.
        distance: differing bits; 0 for types that match exactly or not at all.
        threshold: the largest distance that counted.
    """

    bank: str
    bank_kind: BankKind
    entry: str
    signal_type: SignalType
    distance: int
    threshold: int
