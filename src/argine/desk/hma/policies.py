"""What HMA's API permits, and which banks a look-up asks: pure rules."""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass

from argine.desk.banks.operations import DEFAULT_BANKS
from argine.desk.core.errors import ForbiddenError, InvalidError
from argine.matching import BankKind

NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
LONGEST_NAME, LONGEST_NOTE = 40, 255
DISABLED, ENABLED = 0, 1
FIVE_YEARS_S = 5 * 365 * 24 * 3600
MOST_DELETED = 5000
OWN_BANKS = frozenset(bank for bank, _name, _kind in DEFAULT_BANKS)


@dataclass(frozen=True, slots=True)
class Shown:
    """A bank as a tool sees it.

    Attributes:
        chosen: a tool made it, or said how far it is enabled.
    """

    id: str
    name: str
    kind: BankKind
    ratio: float
    chosen: bool

    @property
    def answers(self) -> bool:
        """Whether it answers a tool that names no banks.

        What strangers reported and nobody decided, and what is known to be lawful, would be taken for something to
        act on by a tool that knows no kinds of banks: such a bank answers where it is named, or was enabled on purpose.
        """
        return self.chosen or self.kind is BankKind.BLOCK


def shown_name(bank_id: str) -> str:
    """The name of a bank that no tool has named: its id in capitals, as HMA writes names."""
    name = re.sub(r"[^A-Z0-9_]", "_", bank_id.upper())
    return name if NAME.match(name) else f"_{name}"


def default_ratio(kind: BankKind) -> float:
    return 1.0 if kind is BankKind.BLOCK else 0.0


def check_name(name: str) -> None:
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise InvalidError(f"Bank names must be UPPER_WITH_UNDERSCORE, at most {LONGEST_NAME} letters")


def check_own(bank_id: str) -> None:
    """Tools look at the banks that the desk fills itself, and do not write in them."""
    if bank_id in OWN_BANKS:
        raise ForbiddenError("The desk fills this bank itself, by its decisions. Make a bank of your own.")


def check_note(note: str) -> None:
    if len(note) > LONGEST_NOTE:
        raise InvalidError(f"A note has at most {LONGEST_NOTE} characters")


def check_until(until: int, now: float) -> None:
    if until < 0 or until > now + FIVE_YEARS_S:
        raise InvalidError("disable_until_ts is 0 (for good), 1 (enabled), or a Unix time less than 5 years ahead")


def is_disabled(until: int, now: float) -> bool:
    return until == DISABLED or (until != ENABLED and until > now)


def asked(
    banks: Iterable[Shown], named: frozenset[str] | None, *, seed: str | None, bypass_coinflip: bool
) -> frozenset[str]:
    """The ids of the banks that a look-up asks: of those that answer, each whose ratio the coin does not exceed.

    A bank that is switched off stays off: what is passed over is the sampling of traffic alone.
    """
    coin = 0.0 if bypass_coinflip else random.Random(seed).random()  # noqa: S311 - a sample of traffic, no secret
    return frozenset(
        bank.id
        for bank in banks
        if (bank.answers if named is None else bank.name in named) and _counts(bank, named, coin)
    )


def _counts(bank: Shown, named: frozenset[str] | None, coin: float) -> bool:
    """A bank that nobody switched on or off counts where it is named; else its ratio says how often."""
    if named is not None and not bank.chosen:
        return True
    return bank.ratio > 0 and bank.ratio >= coin


def asked_raw(banks: Iterable[Shown], named: frozenset[str] | None) -> frozenset[str]:
    """The same for a raw look-up, which looks at no ratio."""
    return frozenset(bank.id for bank in banks if (bank.answers if named is None else bank.name in named))
