"""The queue: cases by their nearest deadline, with what a reviewer needs to choose the next one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from argine.desk.banks.models import BankEntry
from argine.desk.banks.queries import cases_with_copies
from argine.desk.cases import queries, reappearances
from argine.desk.cases.enums import OPEN, AppealState, CaseKind, CaseState, Reappeared
from argine.desk.cases.models import Address, Appeal, Case, Notice, Reappearance
from argine.desk.cases.permissions import seen_by
from argine.desk.cases.related import with_relations
from argine.desk.clocks.enums import Duty
from argine.desk.clocks.models import Clock
from argine.desk.clocks.queries import standing, warned
from argine.desk.console.queue_filters import Chosen
from argine.desk.console.wording import SOON_S, Left, left, regime_title, who
from argine.desk.core.actor import staff
from argine.desk.evidence.models import HostChange
from argine.desk.evidence.queries import with_host_changes
from argine.desk.people.models import Staff

PAGE_SIZE = 25
CLOSED = frozenset(CaseState) - OPEN
APPEALED = Exists(Appeal.objects.filter(case_id=OuterRef("pk"), state=AppealState.OPEN))
SEEN_AGAIN = Exists(Reappearance.objects.filter(case_id=OuterRef("pk"), state=Reappeared.WAITING))
HOST_CHANGED = Exists(HostChange.objects.filter(watch__case_id=OuterRef("pk"), seen_at=None))
TABS: dict[str, tuple[object, Q]] = {
    "open": (gettext_lazy("Open"), Q(state__in=OPEN)),
    "received": (gettext_lazy("To review"), Q(state=CaseState.RECEIVED)),
    "second": (gettext_lazy("Second vote"), Q(state__in=(CaseState.HELD, CaseState.DISPUTED))),
    "waiting": (gettext_lazy("Waiting for the reporter"), Q(state=CaseState.WAITING)),
    "removal": (gettext_lazy("To be carried out"), Q(state=CaseState.REMOVAL)),
    "appeals": (gettext_lazy("Appeals"), Q(APPEALED)),
    "again": (gettext_lazy("Seen again"), Q(SEEN_AGAIN)),
    "hosts": (gettext_lazy("Watched website changed"), Q(HOST_CHANGED)),
    "closed": (gettext_lazy("Closed"), Q(state__in=CLOSED)),
}
# Shown only where there is something in it: most desks watch no website.
RARE = frozenset({"hosts"})
STATE_TONES = {
    CaseState.RECEIVED: "accent",
    CaseState.WAITING: "warn",
    CaseState.HELD: "accent",
    CaseState.DISPUTED: "bad",
    CaseState.REMOVAL: "accent",
    CaseState.REMOVED: "good",
    CaseState.APPEALED: "warn",
}
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Badge:
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    id: UUID
    number: int
    state: Badge
    opened_at: datetime
    due: datetime | None
    left: Left | None
    regime: str
    pictures: int
    addresses: int
    badges: list[Badge]


@dataclass(frozen=True, slots=True)
class Counts:
    open: int
    late: int
    soon: int


def tabs(current: str, person: Staff) -> list[Tab]:
    seen = Case.objects.filter(seen_by(person))
    counted = seen.aggregate(**{name: Count("id", filter=which) for name, (_label, which) in TABS.items()})
    shown = [name for name in TABS if name not in RARE or counted[name] or name == current]
    return [Tab(name, str(TABS[name][0]), counted[name], name == current) for name in shown]


def counts(now: datetime, person: Staff) -> Counts:
    """How many cases that a person sees are open, and of those how many are overdue or due soon."""
    return Counts(*queries.count_open(now, timedelta(seconds=SOON_S), seen_by(person)))


def found(tab: str, chosen: Chosen, person: Staff, now: datetime) -> QuerySet[Case]:
    """The cases of a tab that a person may see and that the filters let through, in the order of the queue."""
    cases = queries.by_nearest_deadline().filter(TABS[tab][1], seen_by(person), chosen.which(staff(person.pk), now))
    if tab == "appeals":  # what a law wants to go first goes first
        first = Appeal.objects.filter(case_id=OuterRef("pk"), state=AppealState.OPEN, expedited=True)
        cases = cases.order_by(Exists(first).desc(), *cases.query.order_by)
    return cases


def rows(cases: Sequence[Case], now: datetime, person: Staff) -> list[QueueRow]:
    """The lines of one page, with one look-up for each column."""
    ids = [case.id for case in cases]
    appealed = list(Appeal.objects.filter(case_id__in=ids, state=AppealState.OPEN).only("case_id", "expedited"))
    claimed = queries.claims(ids, now)
    names = who(claimed.values())
    facts = _Facts(
        regimes=_leading_regimes(ids),
        pictures=_count(BankEntry.objects.filter(case_id__in=ids), "case_id"),
        addresses=_count(Address.objects.filter(case_id__in=ids), "case_id"),
        copies=cases_with_copies(ids),
        warned=warned(ids),
        related=with_relations(ids, seen_by(person, "case") & seen_by(person, "other")),
        led=set(
            Case.objects.filter(seen_by(person, "leading"), pk__in=ids, leading__isnull=False).values_list(
                "pk", flat=True
            )
        ),
        again=reappearances.waiting(ids),
        host_changed=with_host_changes(ids),
        taken={case_id: names[by] for case_id, by in claimed.items()},
        appealed={appeal.case_id for appeal in appealed},
        expedited={appeal.case_id for appeal in appealed if appeal.expedited},
        incomplete=set(Notice.objects.filter(case_id__in=ids, completed_at=None).values_list("case_id", flat=True)),
    )
    return [_row(case, facts, now) for case in cases]


@dataclass(frozen=True, slots=True)
class _Facts:
    regimes: dict[UUID, str]
    pictures: dict[UUID, int]
    addresses: dict[UUID, int]
    copies: set[UUID]
    incomplete: set[UUID]
    appealed: set[UUID]
    taken: dict[UUID, str]
    warned: dict[UUID, int]
    related: set[UUID]
    led: set[UUID]
    again: set[UUID]
    host_changed: set[UUID]
    expedited: set[UUID]


def _row(case: Case, facts: _Facts, now: datetime) -> QueueRow:
    due: datetime | None = getattr(case, "due", None)
    regime = facts.regimes.get(case.id, "")
    return QueueRow(
        id=case.id,
        number=case.number,
        state=state_badge(case),
        opened_at=case.opened_at,
        due=due,
        left=left(due, now) if due else None,
        regime=regime_title(regime) if regime else "",
        pictures=facts.pictures.get(case.id, 0),
        addresses=facts.addresses.get(case.id, 0),
        badges=_badges(case, facts),
    )


def state_badge(case: Case) -> Badge:
    state = CaseState(case.state)
    return Badge(str(state.label), STATE_TONES.get(state, ""))


def _badges(case: Case, facts: _Facts) -> list[Badge]:
    said = (
        (case.id in facts.copies, Badge(_("Copy met on the platform"), "warn")),
        (case.id in facts.again, Badge(_("Seen again"), "warn")),
        (case.id in facts.host_changed, Badge(_("Watched website changed"), "warn")),
        (case.kind == CaseKind.ORDER, Badge(_("Order"), "accent")),
        (case.id in facts.expedited, Badge(_("Appeal that goes first"), "warn")),
        (case.id in facts.appealed - facts.expedited, Badge(_("Appeal"), "accent")),
        (case.id in facts.incomplete, Badge(_("Incomplete"))),
        (case.suspended_until is not None, Badge(_("Suspended under one law"))),
        (case.sensitive, Badge(_("Sensitive"), "warn")),
        (case.id in facts.led, Badge(_("Follows another case"))),
        (case.id in facts.related and case.leading_id is None, Badge(_("Related to another"))),
    )
    taken = [Badge(_("Taken by %(name)s") % {"name": facts.taken[case.id]})] if case.id in facts.taken else []
    percent = facts.warned.get(case.id, 0)
    warning = [Badge(_("%(percent)d %% of the time has passed") % {"percent": percent}, "warn")] if percent else []
    return taken + warning + [badge for is_so, badge in said if is_so]


def _leading_regimes(case_ids: Collection[UUID]) -> dict[UUID, str]:
    """By case: the regime of the clock that ends first and still waits for an answer; at one instant, a statute's."""
    waiting = Clock.objects.filter(case_id__in=case_ids, ended_at=None).exclude(duty=Duty.AUTHORITY)
    last_first = sorted(waiting, key=lambda clock: (clock.due_at, *standing(clock)), reverse=True)
    return {clock.case_id: clock.regime for clock in last_first}


def _count(rows_of_cases: QuerySet[Row], case_field: str) -> dict[UUID, int]:
    return dict(rows_of_cases.values_list(case_field).annotate(count=Count("pk")))
