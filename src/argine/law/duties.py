"""Everything that follows from a notice or an order: who owes what, when, and where the law says so.

The list is made once, when the notice or order comes; each duty names the moments of the case at which it falls due.
What the law makes depend on a fact (`OnlyIf`) is left out where the facts say otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from argine.law.appeals import CHALLENGED_BY, applies
from argine.law.duty import Duty, DutyKind, basis_of
from argine.law.facts import NoticeFacts, OrderFacts
from argine.law.minors import duties_about_minors, lead_away
from argine.law.regime import Appeal, ElementRule, OrderElementRule, Record, Regime, Telling
from argine.law.retention import KEPT, CaseKind
from argine.law.rules import (
    Due,
    clock_of_order,
    clocks,
    for_notices,
    may_order,
    may_report,
    missing_elements,
    missing_of_order,
)
from argine.law.terms import (
    Appellant,
    CopiesRule,
    Element,
    Force,
    Moment,
    OnlyIf,
    OnWhom,
    OrderElement,
    Recipient,
    RecordClass,
)

_DECIDED = (Moment.REMOVED, Moment.REFUSED)
_MOMENTS = tuple(Moment)


@dataclass(frozen=True, slots=True)
class DutyList:
    """What the law makes of a notice or an order.

    Attributes:
        missing: by regime id, the elements that are required and not stated; regimes that lack none are left out.
        clocks: nearest first, statutes before promises.
        duties: in the order of the case's life, what has a time first, law before guidance; about somebody under 18
            the way out comes first.
    """

    missing: Mapping[str, tuple[str, ...]]
    clocks: tuple[Due, ...]
    duties: tuple[Duty, ...]

    def at(self, moment: Moment) -> tuple[Duty, ...]:
        """Return what falls due at a moment of the case."""
        return tuple(duty for duty in self.duties if moment in duty.moments)

    def to(self, recipient: Recipient) -> tuple[Duty, ...]:
        """Return what is owed to somebody."""
        return tuple(duty for duty in self.duties if duty.to is recipient)

    def must_tell_uploader(self, moment: Moment) -> bool:
        """Tell whether a law has the uploader told anything then; if not, nothing has to be said."""
        return any(
            duty.kind is DutyKind.TELL and duty.to is Recipient.UPLOADER and duty.basis.force is Force.LAW
            for duty in self.at(moment)
        )


def of_notice(facts: NoticeFacts, regimes: Iterable[Regime]) -> DutyList:
    """Return what follows from a notice under each regime that is in force when it comes.

    About somebody under 18 the flow stops: no clock, nothing missing, and only what `minors` says.
    """
    mine = [regime for regime in for_notices(regimes) if regime.in_force_on(facts.received_at.date())]
    if facts.depicted_under_18:
        return DutyList({}, (), (lead_away(), *duties_about_minors(mine)))
    running = clocks(facts, mine)
    missing = {regime.id: missing_elements(facts, regime) for regime in mine}
    due_at = {due.regime_id: due.due_at for due in running}
    found = [duty for regime in mine for duty in _of_notice(facts, regime, missing[regime.id], due_at.get(regime.id))]
    return DutyList({key: lacks for key, lacks in missing.items() if lacks}, running, _sorted(found))


def of_order(facts: OrderFacts, regime: Regime) -> DutyList:
    """Return what follows from an authority's order under one regime; nothing if it may not order under it.

    An order about somebody under 18 is carried out in the host's own store; the uploader is told nothing.
    """
    if not may_order(facts, regime) or not regime.in_force_on(facts.received_at.date()):
        return DutyList({}, (), ())
    due = clock_of_order(facts, regime)
    missing = missing_of_order(facts, regime)
    found = [*_asked(regime, missing), *_common(facts, regime, due.due_at if due else None, CaseKind.ORDER)]
    if facts.depicted_under_18:
        found = [duty for duty in found if duty.to is not Recipient.UPLOADER]
        found += duties_about_minors([regime])
    return DutyList({regime.id: missing} if missing else {}, (due,) if due else (), _sorted(found))


def _of_notice(facts: NoticeFacts, regime: Regime, missing: tuple[str, ...], due_at: datetime | None) -> Iterator[Duty]:
    yield from _asked(regime, missing)
    if regime.referral is not None and regime.id not in facts.reported_to_authority_at and may_report(facts, regime):
        basis = basis_of(regime, regime.article, regime.verified.mark)
        yield Duty(DutyKind.OFFER_REFERRAL, regime.referral.name, (Moment.RECEIVED,), Recipient.REPORTER, basis)
    yield from _common(facts, regime, due_at, CaseKind.NOTICE)


def _common(facts: NoticeFacts | OrderFacts, regime: Regime, due_at: datetime | None, kind: CaseKind) -> Iterator[Duty]:
    if regime.clock.on_whom is OnWhom.PLATFORM:
        yield from _acts(regime, due_at)
    for to, tellings in _tellings(regime):
        for telling in tellings:
            if Moment.UNDER_18 not in telling.when and not _settled_otherwise(telling.only_if, facts):
                yield _tell(regime, to, telling, facts.received_at)
    if regime.appeal is not None and applies(regime.appeal, service_is_small=facts.service_is_small):
        yield from _appeals(regime, regime.appeal)
    yield from (_keep(regime, record) for record in regime.records if record.kind in KEPT[kind])


def _asked(regime: Regime, missing: tuple[str, ...]) -> Iterator[Duty]:
    rules: tuple[ElementRule | OrderElementRule, ...] = regime.order.elements if regime.order else regime.elements
    for rule in rules:
        if rule.key in missing:
            to = Recipient.AUTHORITY if isinstance(rule.key, OrderElement) else Recipient.REPORTER
            basis = basis_of(regime, rule.ref, rule.mark)
            yield Duty(DutyKind.ASK, rule.key, (Moment.RECEIVED,), to, basis, note=rule.note)


def _acts(regime: Regime, due_at: datetime | None) -> Iterator[Duty]:
    basis = basis_of(regime, regime.article, regime.verified.mark)
    for measure in regime.actions:
        yield Duty(DutyKind.ACT, measure, (Moment.RECEIVED,), Recipient.DESK, basis, due_at)
    if regime.copies.rule not in {CopiesRule.NONE, CopiesRule.NOT_STATED}:
        basis = basis_of(regime, regime.article, regime.copies.mark)
        yield Duty(
            DutyKind.FIND_COPIES,
            regime.copies.rule,
            (Moment.RECEIVED,),
            Recipient.DESK,
            basis,
            due_at,
            note=regime.copies.text,
        )


def _tellings(regime: Regime) -> tuple[tuple[Recipient, tuple[Telling, ...]], ...]:
    return (
        (Recipient.REPORTER, regime.tell_reporter),
        (Recipient.UPLOADER, regime.tell_uploader),
        (Recipient.AUTHORITY, regime.tell_authority),
        (Recipient.DATABASE, regime.tell_database),
    )


def _tell(regime: Regime, to: Recipient, telling: Telling, received_at: datetime) -> Duty:
    basis = basis_of(regime, telling.ref, telling.mark, telling.force)
    due_at = None if telling.hours is None else received_at + timedelta(hours=telling.hours)
    return Duty(DutyKind.TELL, telling.what, telling.when, to, basis, due_at, telling.only_if, telling.note)


def _appeals(regime: Regime, appeal: Appeal) -> Iterator[Duty]:
    basis = basis_of(regime, appeal.ref, appeal.mark)
    for moment, who in CHALLENGED_BY.items():
        if who not in appeal.who:
            continue
        to = Recipient(who.value)
        yield Duty(DutyKind.OPEN_APPEAL, who, (moment,), to, basis, only_if=appeal.only_if, note=appeal.note)
        if appeal.expedited and who is Appellant.REPORTER:
            yield Duty(DutyKind.EXPEDITE_APPEAL, who, (moment,), to, basis, only_if=appeal.only_if, note=appeal.note)


def _keep(regime: Regime, record: Record) -> Duty:
    is_hosts = record.kind is RecordClass.ORDERED_MATERIAL
    moments = (Moment.RECEIVED,) if is_hosts else _DECIDED
    to = Recipient.HOST if is_hosts else Recipient.DESK
    basis = basis_of(regime, record.ref, record.mark, record.force)
    return Duty(DutyKind.PRESERVE, record.kind, moments, to, basis, note=record.what)


def _settled_otherwise(condition: OnlyIf | None, facts: NoticeFacts | OrderFacts) -> bool:
    """Tell whether the facts say that the condition of a duty is not met."""
    match condition:
        case OnlyIf.REPORTER_CONTACT:
            return isinstance(facts, OrderFacts) or Element.CONTACT not in facts.elements
        case OnlyIf.UPLOADER_CONTACT:
            return not facts.uploader_contact
        case OnlyIf.NOT_SMALL | OnlyIf.LARGE:
            return facts.service_is_small
        case OnlyIf.LIFE_OR_SAFETY:
            return not facts.danger_to_life
        case None:
            return False


def _sorted(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    return tuple(sorted(duties, key=_order))


def _order(duty: Duty) -> tuple[int, bool, float, bool, str]:
    return (
        min(_MOMENTS.index(moment) for moment in duty.moments),
        duty.due_at is None,
        duty.due_at.timestamp() if duty.due_at else 0.0,
        duty.basis.force is Force.GUIDANCE,
        duty.basis.regime_id or "",
    )
