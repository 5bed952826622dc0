"""What a duty is: one thing that somebody owes, with its place in the law."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from argine.law.regime import Regime
from argine.law.terms import Force, Mark, Moment, OnlyIf, Recipient


class DutyKind(StrEnum):
    ACT = "act"
    """Take the measure that `what` names (`Measure`)."""
    FIND_COPIES = "find_copies"
    """By the rule that `what` names (`CopiesRule`)."""
    ASK = "ask"
    """For the element that `what` names (`Element`, `OrderElement`)."""
    TELL = "tell"
    """The message that `what` names (`Message`)."""
    SAY_NOTHING = "say_nothing"
    OFFER_REFERRAL = "offer_referral"
    """Say that the person may turn to the authority that `what` names, and ask whether they did."""
    OPEN_APPEAL = "open_appeal"
    """To whom `what` names (`Appellant`)."""
    EXPEDITE_APPEAL = "expedite_appeal"
    PRESERVE = "preserve"
    """The record that `what` names (`RecordClass`)."""
    LEAD_AWAY = "lead_away"
    """To those who may lawfully act: the flow stops."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Why: a regime under one version and the place in it, how well that is known, and where it was read.

    `regime_id` is None, and `version` 0, for a rule of the desk's own.
    """

    regime_id: str | None
    version: int
    ref: str
    mark: Mark
    sources: tuple[str, ...]
    force: Force


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that is owed, at one of the `moments` of the case, to somebody.

    Attributes:
        kind: what is to be done; it says what `what` holds.
        what: the object of it, as the value of an enum.
        moments: what happens to the case for it to fall due; any of them.
        to: whom it is owed to, or who keeps what is to be kept.
        basis: why.
        due_at: until when, in UTC; None where there is no number.
        only_if: a condition that the law sets; the facts did not say otherwise.
        note: for staff.
    """

    kind: DutyKind
    what: str
    moments: tuple[Moment, ...]
    to: Recipient
    basis: Basis
    due_at: datetime | None = None
    only_if: OnlyIf | None = None
    note: str = ""


def basis_of(regime: Regime, ref: str, mark: Mark, force: Force = Force.LAW) -> Basis:
    return Basis(regime.id, regime.version, ref, mark, tuple(source.key for source in regime.sources), force)


def own_rule(ref: str, sources: tuple[str, ...] = ()) -> Basis:
    """Return the basis of what no statute says: our own reading, not confirmed."""
    return Basis(None, 0, ref, Mark.MEMORY, sources, Force.GUIDANCE)
