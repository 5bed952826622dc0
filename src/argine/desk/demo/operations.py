"""A desk of any size, to measure by: rows as the real operations leave them, written many at a time.

`seed` tells a story through the operations themselves; ten thousand cases take minutes that way and seconds this way.
Names, contacts and hashes are random; of what a notice can hold only patch sets are left out.
"""

import random
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Model

from argine.desk.audit import queries as log
from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry, Node
from argine.desk.audit.operations import sign_head
from argine.desk.banks.models import BankEntry, Change, EntrySignal
from argine.desk.banks.operations import REMOVED, REPORTED
from argine.desk.banks.queries import signals_digest
from argine.desk.cases import duties, queries
from argine.desk.cases.drafts import NoticeDraft
from argine.desk.cases.enums import (
    AppealState,
    Appellant,
    Basis,
    Capacity,
    CaseState,
    Ground,
    Measure,
    Nature,
    Outcome,
)
from argine.desk.cases.misuse import contact_digest
from argine.desk.cases.models import Action, Address, Appeal, Case, Decision, Notice
from argine.desk.clocks import warnings
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.core.actor import REPORTER, SYSTEM, Actor, staff
from argine.desk.core.web_address import address_digest
from argine.merkle import tree
from argine.merkle.canonical import Json, canonical_json
from argine.signals.types import Signal, SignalType

Row = TypeVar("Row", bound=Model)

AT_ONCE = 400
"""Cases written together: all that they bring fits in memory, and the log is locked for a moment only."""
OPEN_STATES = {
    CaseState.RECEIVED: 68, CaseState.WAITING: 9, CaseState.HELD: 5, CaseState.DISPUTED: 2, CaseState.REMOVAL: 12,
    CaseState.APPEALED: 4,
}  # fmt: skip
CLOSED_STATES = {CaseState.REMOVED: 65, CaseState.KEPT: 35}
COUNTRIES = {"US": 30, "GB": 20, "IT": 25, "DE": 10, "IN": 10, "": 5}
DECIDED = {
    CaseState.REMOVAL: (Outcome.REMOVE, Ground.INTIMATE_WITHOUT_CONSENT),
    CaseState.REMOVED: (Outcome.REMOVE, Ground.DEEPFAKE_WITHOUT_CONSENT),
    CaseState.KEPT: (Outcome.KEEP, Ground.NOT_INTIMATE),
    CaseState.APPEALED: (Outcome.KEEP, Ground.NOT_FOUND),
}
OPEN_FOR = timedelta(hours=60)
CLOSED_FOR = timedelta(days=120)


def fill(count: int, *, seed: int = 7) -> None:
    """Write `count` open cases and half as many that were decided, over the last months, with all that they bring.

    Args:
        count: how many cases are open.
        seed: of what is drawn; the same number makes the same mixture.
    """
    draw = random.Random(seed)  # noqa: S311 - a mixture, no secret
    numbers = iter(range(queries.next_number(), queries.next_number() + 2 * count))
    seqs = iter(range(queries.next_seq(), queries.next_seq() + 2 * count))
    wanted = [False] * count + [True] * (count // 2)
    draw.shuffle(wanted)
    for start in range(0, len(wanted), AT_ONCE):
        lot = _Lot()
        for is_closed in wanted[start : start + AT_ONCE]:
            _Story(draw, lot, next(numbers), seqs, is_closed=is_closed).tell()
        lot.write()
    sign_head()


@dataclass(slots=True)
class _Lot:
    """Rows that wait to be written together, and what the log says of them, in order."""

    rows: dict[type[Model], list[Model]] = field(default_factory=dict)
    lines: list[tuple[Event, str, Actor, Mapping[str, Json], datetime]] = field(default_factory=list)
    notices: list[tuple[Notice, int]] = field(default_factory=list)

    def add(self, row: Row) -> Row:
        self.rows.setdefault(type(row), []).append(row)
        return row

    def say(self, event: Event, subject: str, at: datetime, by: Actor, **data: Json) -> None:
        self.lines.append((event, subject, by, data, at))

    def write(self) -> None:
        with transaction.atomic():
            first = log.size()
            for notice, line in self.notices:
                notice.entry_index = first + line
            for model, rows in self.rows.items():
                model._default_manager.bulk_create(rows)  # noqa: SLF001  # Django's documented name
            self._append(first)

    def _append(self, first: int) -> None:
        """Write the log's entries and the nodes that they complete; the nodes of this lot are read from memory."""
        known: dict[tuple[int, int], bytes] = {}

        def node(level: int, position: int) -> bytes:
            return known.get((level, position)) or log.get_node(level, position)

        entries = []
        for index, (event, subject, by, data, at) in enumerate(self.lines, first):
            text = canonical_json(dict(data)).decode()
            entry = Entry(index=index, at=time.iso(at), event=event, subject=subject, by=by, data=text)
            entry.leaf_hash = tree.leaf_hash(log.text_of(entry))
            done = tree.nodes_completed_by(index, entry.leaf_hash, node)
            known |= {(level, position): digest for level, position, digest in done}
            entries.append(entry)
        Entry.objects.bulk_create(entries)
        Node.objects.bulk_create(Node(level=at, position=place, hash=digest) for (at, place), digest in known.items())


class _Story:
    """One case: what came, what was decided, what is still due."""

    def __init__(self, draw: random.Random, lot: _Lot, number: int, seqs: Iterator[int], *, is_closed: bool) -> None:
        self.draw, self.lot, self.seqs = draw, lot, seqs
        states = CLOSED_STATES if is_closed else OPEN_STATES
        self.state = _pick(draw, states)
        self.now = time.now()
        self.opened = self.now - (CLOSED_FOR if is_closed else OPEN_FOR) * draw.random()
        self.case = Case(
            number=number, code_digest=secrets.token_bytes(32), state=self.state,
            language=draw.choice(("en", "it")), country=_pick(draw, COUNTRIES), opened_at=self.opened,
            changed_at=self.opened,
        )  # fmt: skip
        self.subject = f"case:{self.case.id}"
        self.draft = self._draft()

    def _draft(self) -> NoticeDraft:
        pictures = [self._signals() for _ in range(_pick(self.draw, {0: 15, 1: 55, 2: 20, 5: 10}))]
        at_least = 0 if pictures else 1
        addresses = max(at_least, _pick(self.draw, {0: 40, 1: 40, 2: 15, 6: 5}))
        is_whole = self.draw.random() < 0.85  # noqa: PLR2004 - most people fill everything in
        return NoticeDraft(
            capacity=_pick(self.draw, {Capacity.DEPICTED_PERSON: 85, Capacity.REPRESENTATIVE: 15}),
            nature=self.draw.choice(list(Nature)), no_consent=True, good_faith=True, language=self.case.language,
            country=self.case.country, pictures=pictures,
            addresses=[self._address() for _ in range(addresses)],
            contact=f"person{self.case.number}@example.org" if is_whole else "",
            signature="A. Person" if is_whole else "",
            statement="A former partner had this picture. I never agreed to its being shared." if is_whole else "",
        )  # fmt: skip

    def _signals(self) -> list[Signal]:
        return [
            Signal(SignalType.PDQ, self.draw.randbytes(32), 100),
            Signal(SignalType.SHA256, self.draw.randbytes(32)),
        ]

    def _address(self) -> str:
        """A few addresses are reported by several people."""
        page = self.draw.randrange(300) if self.draw.random() < 0.02 else self.draw.randrange(10**9)  # noqa: PLR2004
        return f"https://forum.example/t/{page}"

    def tell(self) -> None:
        self.case.contact_digest = contact_digest(self.draft.contact)
        self.lot.add(self.case)
        notice = self._notice()
        decision = self._decide() if self.state in DECIDED else None
        places = self._places(notice)
        self._entries(notice, decision)
        done = self._act(decision) if self.state == CaseState.REMOVED and decision else None
        answered = done or (decision.at if decision and self.state in {CaseState.KEPT, CaseState.APPEALED} else None)
        self._clocks(places, answered)
        if decision is not None and (self.state == CaseState.APPEALED or self.draw.random() < 0.05):  # noqa: PLR2004
            self._appeal(decision)

    def _notice(self) -> Notice:
        given = self.draft
        notice = self.lot.add(
            Notice(
                case=self.case,
                received_at=self.opened,
                capacity=given.capacity,
                nature=given.nature,
                no_consent=True,
                good_faith=True,
                statement=given.statement,
                contact=given.contact,
                signature=given.signature,
                completed_at=self.opened if given.contact else None,
                salt=secrets.token_hex(16),
                entry_index=0,
            )
        )
        self.lot.notices.append((notice, len(self.lot.lines)))
        committed = secrets.token_hex(32)
        data: dict[str, Json] = {"notice": str(notice.id), "commitment": committed}
        self.lot.say(Event.NOTICE_RECEIVED, self.subject, self.opened, REPORTER, **data)
        return notice

    def _places(self, notice: Notice) -> list[UUID | None]:
        rows = [
            Address(case=self.case, notice=notice, position=at, url=url, digest=address_digest(url))
            for at, url in enumerate(self.draft.addresses)
        ]
        for row in rows:
            self.lot.add(row)
        return [row.id for row in rows] or [None]

    def _entries(self, notice: Notice, decision: Decision | None) -> None:
        is_out = decision is not None and decision.outcome == Outcome.KEEP
        bank = REMOVED if decision is not None and not is_out else REPORTED
        for signals in self.draft.pictures:
            entry = self.lot.add(
                BankEntry(
                    bank_id=bank,
                    origin=queries.origin_of(notice),
                    case_id=self.case.id,
                    created_at=self.opened,
                    withdrawn_at=decision.at if is_out and decision else None,
                )
            )
            for one in signals:
                self.lot.add(EntrySignal(entry=entry, type=one.type, value=one.value, quality=one.quality))
            self.lot.add(Change(bank_id=bank, entry_id=entry.id))
            data: dict[str, Json] = {"bank": bank, "signals": signals_digest(entry.id, signals)}
            self.lot.say(Event.ENTRY_ADDED, f"entry:{entry.id}", self.opened, REPORTER, **data)

    def _decide(self) -> Decision:
        outcome, ground = DECIDED[self.state]
        at = min(self.opened + timedelta(hours=1 + self.draw.expovariate(1 / 18)), self.now)
        decision = self.lot.add(
            Decision(
                seq=next(self.seqs),
                case=self.case,
                at=at,
                by=staff(1),
                outcome=outcome,
                ground=ground,
                basis=Basis.OWN_COPY,
                reasons="We looked at the copy on the platform.",
                digest=secrets.token_bytes(32),
            )
        )
        digest = bytes(decision.digest).hex()
        self.lot.say(Event.DECISION_MADE, self.subject, at, staff(1), decision=str(decision.id), digest=digest)
        to = CaseState.REMOVAL if outcome == Outcome.REMOVE else CaseState.KEPT
        self._move(CaseState.RECEIVED, to, at, staff(1))
        return decision

    def _act(self, decision: Decision) -> datetime:
        at = decision.at + timedelta(hours=self.draw.expovariate(1 / 6))
        at = min(at, self.now)
        action = self.lot.add(
            Action(decision=decision, at=at, by=SYSTEM, measure=Measure.REMOVED, copy_digest=secrets.token_bytes(32))
        )
        self.lot.say(Event.ACTION_REPORTED, self.subject, at, SYSTEM, action=str(action.id), measure="removed")
        self._move(CaseState.REMOVAL, CaseState.REMOVED, at, SYSTEM)
        return at

    def _clocks(self, places: list[UUID | None], answered: datetime | None) -> None:
        for due in duties.dues(self.draft, self.opened):
            for place in places:
                clock = self.lot.add(
                    Clock(
                        case_id=self.case.id,
                        item_id=place,
                        regime=due.regime_id,
                        regime_version=due.regime_version,
                        kind=due.kind,
                        started_at=due.started_at,
                        due_at=due.due_at,
                        ended_at=answered,
                        state=_state(due.due_at, answered, self.now),
                    )
                )
                clock.warned = warnings.reached(clock, self.now) if answered is None else 0
                clock.warn_at = warnings.next_after(clock, clock.warned)
                self.lot.say(
                    Event.CLOCK_STARTED, f"clock:{clock.id}", due.started_at, REPORTER, case=str(self.case.id),
                    duty=str(clock.duty), regime=clock.regime, version=clock.regime_version, due=time.iso(due.due_at),
                )  # fmt: skip

    def _appeal(self, decision: Decision) -> None:
        """Of those that wait, some go first; of those that were decided, a quarter were overturned."""
        waits = self.state == CaseState.APPEALED
        state = AppealState.OPEN if waits else _pick(self.draw, {AppealState.UPHELD: 3, AppealState.OVERTURNED: 1})
        is_refusal = decision.outcome == Outcome.KEEP
        at = decision.at + (self.now - decision.at) * 0.3
        appeal = self.lot.add(
            Appeal(
                case=self.case,
                decision=decision,
                who=Appellant.REPORTER if is_refusal else Appellant.UPLOADER,
                at=at,
                by=REPORTER,
                until=at + timedelta(days=183),
                expedited=waits and self.draw.random() < 0.2,  # noqa: PLR2004
                state=state,
                copy_digest=secrets.token_bytes(32),
                text="Please look again.",
                salt=uuid4().hex,
                decided_at=None if waits else at + timedelta(hours=20),
            )
        )
        self.lot.say(Event.APPEAL_FILED, self.subject, at, REPORTER, appeal=str(appeal.id))
        if waits:
            self._move(CaseState.KEPT, CaseState.APPEALED, at, REPORTER)

    def _move(self, before: CaseState, to: CaseState, at: datetime, by: Actor) -> None:
        self.lot.say(Event.CASE_MOVED, self.subject, at, by, **{"from": before.value, "to": to.value})


Choice = TypeVar("Choice")


def _pick(draw: random.Random, weights: Mapping[Choice, int]) -> Choice:
    return draw.choices(list(weights), list(weights.values()))[0]


def _state(due: datetime, answered: datetime | None, now: datetime) -> ClockState:
    if (answered or now) > due:
        return ClockState.MISSED
    return ClockState.MET if answered else ClockState.RUNNING
