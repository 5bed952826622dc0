"""When the records of a case go, by which rule, and who holds them: in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from argine.desk.cases import keeping, records
from argine.desk.cases.keeping import Removal, Stays
from argine.desk.cases.models import Case
from argine.desk.console import wording
from argine.desk.console.forms import ReasonForm
from argine.desk.console.queue import Badge, state_badge
from argine.law import retention
from argine.law.duty import Basis
from argine.law.terms import RecordClass

RECORDS = {
    RecordClass.CASE_FILE: gettext_lazy("Names, contacts, addresses, texts, reasons"),
    RecordClass.ACTION_LOG: gettext_lazy("Case code, country, language, traces of copies"),
    RecordClass.MINOR_REFERENCE: gettext_lazy("Number of the report about somebody under 18"),
}
STAYS = {
    Stays.OPEN: gettext_lazy("stays while the case is open"),
    Stays.WAITING: gettext_lazy("stays while an appeal or a clock waits for an answer"),
    Stays.HELD: gettext_lazy("stays while somebody holds the records"),
    Stays.SIGNALS: gettext_lazy("stays while copies are kept out: with the code the person can end that"),
    Stays.NO_END: gettext_lazy("stays: no law says how long"),
}
OWN_RULES = {
    keeping.UNDER_18: gettext_lazy("nothing of somebody under 18 is kept"),
    keeping.UNDECIDED: gettext_lazy("taken back before any decision"),
    keeping.APPEAL: gettext_lazy("until then an appeal is possible"),
    keeping.FOLLOWS: gettext_lazy("together with the texts"),
    keeping.OPERATORS: gettext_lazy("the operator keeps it longer than the law asks (settings)"),
    keeping.AS_WRITTEN: gettext_lazy("as it was written down"),
    retention.WITHDRAWAL: "",
}


@dataclass(frozen=True, slots=True)
class RemovalLine:
    """`at` is None where it stays; then `why` says why, otherwise the rule."""

    what: str
    at: datetime | None
    why: str
    is_advice: bool


@dataclass(frozen=True, slots=True)
class HoldLine:
    at: datetime
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordCard:
    purged_at: datetime | None
    lines: list[RemovalLine]
    hold: HoldLine | None
    form: ReasonForm


@dataclass(frozen=True, slots=True)
class CaseLine:
    id: UUID
    number: int
    state: Badge
    lines: list[RemovalLine]


def of(case: Case, form: ReasonForm | None = None) -> RecordCard:
    hold = records.record_hold(case)
    who = wording.who([hold.by])[hold.by] if hold else ""
    return RecordCard(
        purged_at=case.purged_at,
        lines=[_line(removal) for removal in keeping.plan([case])[case.id]],
        hold=HoldLine(hold.at, who, hold.reason) if hold else None,
        form=form or ReasonForm(),
    )


def lines(cases: Sequence[Case]) -> list[CaseLine]:
    """One line for each case, with what is left to go of it."""
    plans = keeping.plan(cases)
    return [
        CaseLine(case.id, case.number, state_badge(case), [_line(one) for one in plans[case.id] if _is_left(case, one)])
        for case in cases
    ]


def _is_left(case: Case, removal: Removal) -> bool:
    if removal.record is RecordClass.ACTION_LOG:
        return records.leads_to_somebody(case)
    return removal.record is RecordClass.MINOR_REFERENCE or case.purged_at is None or case.purged_at < case.changed_at


def _line(removal: Removal) -> RemovalLine:
    basis = removal.basis
    why = str(STAYS[removal.stays]) if removal.stays else rule(basis) if basis else ""
    return RemovalLine(
        what=str(RECORDS[removal.record]),
        at=removal.at,
        why=why,
        is_advice=basis is not None and basis.regime_id is not None and basis.force is keeping.ADVICE,
    )


def rule(basis: Basis) -> str:
    """The law and the place in it, or the desk's own rule."""
    if basis.regime_id is None:
        return str(OWN_RULES.get(basis, basis.ref))
    return _("%(law)s, %(place)s") % {"law": wording.regime_title(basis.regime_id), "place": basis.ref}
