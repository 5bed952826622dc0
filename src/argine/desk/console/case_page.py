"""What the page of a case shows: plain values, gathered once for the template. Never any media."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from argine.desk.audit.models import Entry
from argine.desk.banks import marks
from argine.desk.banks.models import BankEntry, Sighting
from argine.desk.banks.queries import entries_of_case, film_of, sightings_of_case, signal_of
from argine.desk.cases import duties, queries, records
from argine.desk.cases.drafts import is_web_address
from argine.desk.cases.enums import Author, Basis, Capacity, CaseState, Ground, Measure, Nature, Outcome
from argine.desk.cases.models import Action, Address, Case, Decision, Message, Notice, Supplement
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.clocks.queries import clocks_of_case
from argine.desk.console import match_times, match_words, region_card, wording
from argine.desk.console.element_names import element_name
from argine.desk.console.match_times import Timeline
from argine.desk.console.match_words import Outline
from argine.desk.console.queue import Badge, state_badge
from argine.desk.console.region_card import RegionCard, RegionForm
from argine.desk.core import time
from argine.law.regime import ClockKind
from argine.matching.verdict import Verdict
from argine.signals.patch.strength import Strength

VERDICT_TONES = {Verdict.BLOCK: "bad", Verdict.REVIEW: "warn"}
MOST_COPIES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ClockCard:
    title: str
    left: str
    tone: str
    due_at: datetime
    is_promise: bool
    is_answered: bool
    items: int


@dataclass(frozen=True, slots=True)
class SignalLine:
    type: str
    short: str
    quality: int | None


@dataclass(frozen=True, slots=True)
class PictureCard:
    id: UUID
    position: int
    signals: list[SignalLine]
    bank: str
    film: str
    is_live: bool
    is_erased: bool
    copies: int
    region: RegionCard


@dataclass(frozen=True, slots=True)
class CopyLine:
    at: datetime
    picture: int | None
    verdict: Badge
    signal_type: str
    distance: int
    threshold: int
    lies: list[str]
    is_sure: bool
    outline: Outline | None
    times: Timeline | None
    content_id: str
    link: str
    address: str


@dataclass(frozen=True, slots=True)
class Addition:
    """What the reporter added to the notice: each text with its name."""

    at: datetime
    texts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class NoticeCard:
    received_at: datetime
    capacity: str
    nature: str
    no_consent: bool
    good_faith: bool
    statement: str
    where_hint: str
    declarations: str
    contact: str
    contact_note: str
    signature: str
    completed_at: datetime | None
    additions: list[Addition]
    missing: list[tuple[str, list[str]]]
    is_purged: bool


@dataclass(frozen=True, slots=True)
class AddressLine:
    url: str
    done: str


@dataclass(frozen=True, slots=True)
class Said:
    at: datetime
    who: str
    is_reporter: bool
    text: str


@dataclass(frozen=True, slots=True)
class ActionLine:
    at: datetime
    who: str
    measure: str


@dataclass(frozen=True, slots=True)
class DecisionCard:
    at: datetime
    who: str
    outcome: str
    tone: str
    ground: str
    basis: str
    reasons: str
    is_current: bool
    is_override: bool
    is_carried_over: bool
    actions: list[ActionLine]


@dataclass(frozen=True, slots=True)
class Step:
    index: int
    at: datetime
    what: str
    who: str
    detail: str


@dataclass(frozen=True, slots=True)
class CasePage:
    id: UUID
    number: int
    state: Badge
    opened_at: datetime
    country: str
    language: str
    clocks: list[ClockCard]
    notices: list[NoticeCard]
    addresses: list[AddressLine]
    pictures: list[PictureCard]
    copies: list[CopyLine]
    copies_left_out: int
    thread: list[Said]
    decisions: list[DecisionCard]
    steps: list[Step]


def of(case: Case, marking: Mapping[UUID, RegionForm] = MappingProxyType({})) -> CasePage:
    """Gather the page; `marking` are forms that were sent and need a change, by picture."""
    entries = entries_of_case(case.id)
    sightings = sightings_of_case(case.id)
    notices = list(case.notices.order_by("received_at"))
    addresses = list(Address.objects.filter(case=case).order_by("position"))
    decisions = list(case.decisions.order_by("-seq").select_related("overrides"))
    actions = list(Action.objects.filter(decision__case=case).order_by("at"))
    thread = list(case.messages.order_by("at"))
    log = list(Entry.objects.filter(subject=f"case:{case.id}").order_by("-index"))
    actors = [decision.by for decision in decisions] + [action.by for action in actions]
    actors += [message.by for message in thread] + [entry.by for entry in log]
    names = wording.who(actors)
    return CasePage(
        id=case.id,
        number=case.number,
        state=state_badge(case),
        opened_at=case.opened_at,
        country=case.country,
        language=dict(settings.LANGUAGES).get(case.language, case.language),
        clocks=clock_cards(clocks_of_case(case.id), time.now()),
        notices=[_notice(notice) for notice in notices],
        addresses=[_address(address, actions) for address in addresses if address.url],
        pictures=pictures(entries, sightings, marking),
        copies=_copies(entries, sightings[:MOST_COPIES_SHOWN]),
        copies_left_out=max(0, len(sightings) - MOST_COPIES_SHOWN),
        thread=[_said(message, names) for message in thread if message.text],
        decisions=[_decision(row, decisions[0], actions, names) for row in decisions],
        steps=[_step(entry, names) for entry in log],
    )


def clock_cards(clocks: Sequence[Clock], now: datetime) -> list[ClockCard]:
    """One card for all clocks of one regime that are in the same state: a clock runs for each reported address."""
    groups: dict[tuple[str, str, datetime | None, datetime], list[Clock]] = {}
    for clock in clocks:
        groups.setdefault((clock.regime, clock.state, clock.ended_at, clock.due_at), []).append(clock)
    return [_clock(same, now) for same in groups.values()]


def _clock(same: list[Clock], now: datetime) -> ClockCard:
    clock = same[0]
    text, tone = _clock_words(clock, now)
    return ClockCard(
        title=wording.regime_title(clock.regime),
        left=text,
        tone=tone,
        due_at=clock.due_at,
        is_promise=clock.kind == ClockKind.INDICATIVE,
        is_answered=clock.ended_at is not None,
        items=len(same),
    )


def _clock_words(clock: Clock, now: datetime) -> tuple[str, str]:
    if clock.ended_at is None:
        remaining = wording.left(clock.due_at, now)
        return remaining.text, remaining.tone
    if clock.state == ClockState.STOPPED:
        return _("Stopped: nothing is due any more"), ""
    if clock.state == ClockState.SUPERSEDED:
        return _("Replaced by another clock"), ""
    spare = (clock.due_at - clock.ended_at).total_seconds()
    if clock.state == ClockState.MET:
        return _("Met, %(time)s before it was due") % {"time": wording.duration(spare)}, "met"
    return _("Missed: answered %(time)s late") % {"time": wording.duration(-spare)}, "late"


def _notice(notice: Notice) -> NoticeCard:
    is_purged = records.is_purged(notice)
    missing = {} if is_purged else duties.missing(queries.notice_draft(notice), notice.received_at)
    return NoticeCard(
        received_at=notice.received_at,
        capacity=str(Capacity(notice.capacity).label),
        nature=str(Nature(notice.nature).label),
        no_consent=notice.no_consent,
        good_faith=notice.good_faith,
        statement=notice.statement,
        where_hint=notice.where_hint,
        declarations=notice.declarations,
        contact=notice.contact,
        contact_note=notice.contact_note,
        signature=notice.signature,
        completed_at=notice.completed_at,
        additions=[_addition(supplement) for supplement in notice.supplements.order_by("at")],
        missing=[
            (wording.regime_title(regime), [element_name(key) for key in elements])
            for regime, elements in missing.items()
        ],
        is_purged=is_purged,
    )


def _addition(supplement: Supplement) -> Addition:
    names = {
        "statement": _("Statement"),
        "where_hint": _("How to find it"),
        "contact": _("Contact"),
        "signature": _("Signature"),
    }
    texts = [(label, getattr(supplement, name)) for name, label in names.items()]
    return Addition(supplement.at, [(label, text) for label, text in texts if text])


def _address(address: Address, actions: Sequence[Action]) -> AddressLine:
    done = [action for action in actions if action.address_id == address.id]
    return AddressLine(address.url, str(Measure(done[-1].measure).label) if done else "")


def pictures(
    entries: Sequence[BankEntry], sightings: Sequence[Sighting], marking: Mapping[UUID, RegionForm]
) -> list[PictureCard]:
    """The pictures of a case, numbered as the page and the form name them."""
    return [
        PictureCard(
            id=entry.id,
            position=position,
            signals=_signals(entry),
            bank=entry.bank.name,
            film=_film(entry),
            is_live=entry.withdrawn_at is None,
            is_erased=not entry.signals.all(),
            copies=len({row.check_id for row in sightings if row.entry_id == entry.id}),
            region=region_card.of(entry, marking.get(entry.id)),
        )
        for position, entry in enumerate(entries, start=1)
    ]


def _film(entry: BankEntry) -> str:
    """The length of an entry's film; empty of a picture."""
    film = film_of(entry)
    return "" if film is None else match_times.clock(film.milliseconds / 1000)


def _signals(entry: BankEntry) -> list[SignalLine]:
    found = [signal_of(row) for row in entry.signals.all()]
    return [SignalLine(signal.type.value, wording.short(signal), signal.quality) for signal in found]


def _copies(entries: Sequence[BankEntry], sightings: Sequence[Sighting]) -> list[CopyLine]:
    numbered = {entry.id: (position, entry) for position, entry in enumerate(entries, start=1)}
    return [_copy(row, *numbered.get(row.entry_id, (None, None))) for row in sightings]


def _copy(row: Sighting, picture: int | None, entry: BankEntry | None) -> CopyLine:
    verdict = Verdict(row.verdict)
    words = {
        Verdict.BLOCK: _("Upload blocked"),
        Verdict.REVIEW: _("Held for review"),
        Verdict.ALLOW: _("Allowed"),
        Verdict.UNHASHABLE: _("Cannot be compared"),
    }
    return CopyLine(
        at=row.at,
        picture=picture,
        verdict=Badge(words[verdict], VERDICT_TONES.get(verdict, "")),
        signal_type=row.signal_type,
        distance=row.distance,
        threshold=row.threshold,
        lies=[*match_words.lies(row.found), *match_times.lines(row.found)],
        is_sure=row.strength == Strength.BLOCK,
        outline=match_words.outline(row.found, None if entry is None else marks.part_of(entry)),
        times=match_times.of(row.found),
        content_id=row.content_id,
        link=row.content_url if is_web_address(row.content_url) else "",
        address=row.content_url,
    )


def _said(message: Message, names: dict[str, str]) -> Said:
    return Said(message.at, names[message.by], message.author == Author.REPORTER, message.text)


def _decision(decision: Decision, current: Decision, actions: Sequence[Action], names: dict[str, str]) -> DecisionCard:
    removes = decision.outcome == Outcome.REMOVE
    return DecisionCard(
        at=decision.at,
        who=names[decision.by],
        outcome=str(Outcome(decision.outcome).label),
        tone="bad" if removes else "",
        ground=str(Ground(decision.ground).label),
        basis=str(Basis(decision.basis).label),
        reasons=decision.reasons,
        is_current=decision.pk == current.pk,
        is_override=decision.overrides is not None,
        is_carried_over=decision.follows_id is not None,
        actions=[
            ActionLine(action.at, names[action.by], str(Measure(action.measure).label))
            for action in actions
            if action.decision_id == decision.id
        ],
    )


def _step(entry: Entry, names: dict[str, str]) -> Step:
    told = wording.data_of(entry)
    moved = told.get("to", "")
    detail = str(CaseState(moved).label) if moved in CaseState else ""
    return Step(entry.index, time.parse_iso(entry.at), wording.event(entry.event), names[entry.by], detail)
