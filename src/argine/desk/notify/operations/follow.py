"""Reading the log for what is to go out.

The log is the outbox: an entry stands if and only if what it tells of does, so nothing that happened is left out, and
no operation of a case needs to know that somebody is told. The position moves in the transaction that queues the
messages: each entry is read once.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from argine.desk.audit import queries as log
from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.cases import mail
from argine.desk.cases.enums import Appellant, CaseState, Mail, Outcome
from argine.desk.cases.models import Appeal, Case, Decision
from argine.desk.cases.permissions import may_see
from argine.desk.core import time
from argine.desk.notify import events, letters, queries, staff_mails
from argine.desk.notify.enums import Channel, Kind
from argine.desk.notify.letters import About, Letter
from argine.desk.notify.models import Follower
from argine.desk.notify.operations import queue
from argine.desk.notify.operations.queue import Envelope
from argine.desk.people.queries import to_be_warned

logger = logging.getLogger(__name__)

NAME = "outgoing"
BATCH = 200


@dataclass(frozen=True, slots=True)
class Told:
    """An entry of the log about a case."""

    event: Event
    index: int
    at: str
    case: Case
    data: dict[str, Any]


def start_following() -> None:
    """Begin at the log's present end, unless something goes out and was followed before: it goes on where it was."""
    with transaction.atomic():
        if not queries.is_on():
            Follower.objects.filter(name=NAME).delete()
        else:
            Follower.objects.get_or_create(name=NAME, defaults={"position": log.size()})


def follow() -> bool:
    """Queue what the next entries of the log ask for; tell whether there may be more at once."""
    with transaction.atomic():
        follower = Follower.objects.select_for_update().filter(name=NAME).first()
        if follower is None:
            return False
        entries = list(Entry.objects.filter(index__gte=follower.position).order_by("index")[:BATCH])
        for entry in entries:
            _take(entry)
        if entries:
            follower.position = entries[-1].index + 1
            follower.save(update_fields=["position"])
    return len(entries) == BATCH


def _take(entry: Entry) -> None:
    """One entry that cannot be read never stops the others."""
    if entry.event not in HANDLERS and entry.event not in events.TYPES and entry.event != Event.ENTRY_UNDONE:
        return
    try:
        with transaction.atomic():
            if entry.event == Event.ENTRY_UNDONE:
                _tell_of_undone(entry)
                return
            told = _told(entry)
            if told is None:
                return
            if told.event in HANDLERS and settings.CONFIG.sends_mail:
                HANDLERS[told.event](told)
            for url in settings.CONFIG.webhooks:
                _tell_platform(told, url)
    except Exception:
        logger.exception("Entry %d of the log asked for a message that could not be made", entry.index)


def _told(entry: Entry) -> Told | None:
    data = json.loads(entry.data)
    kind, _, rest = entry.subject.partition(":")
    case = Case.objects.filter(pk=UUID(rest if kind == "case" else data["case"])).first()
    return None if case is None else Told(Event(entry.event), entry.index, entry.at, case, data)


def _tell_platform(told: Told, url: str) -> None:
    for event in events.of(told.event, told.index, told.at, told.case, told.data):
        queue.put_event(event, url, case=told.case)


def _tell_of_undone(entry: Entry) -> None:
    """An entry without a case was wrong: nobody but the platform is told, for nobody else was stopped."""
    event = events.of_undone(entry.index, entry.at, entry.subject.partition(":")[2], json.loads(entry.data))
    for url in settings.CONFIG.webhooks:
        queue.put_event(event, url)


def _letter(kind: Kind, told: Told, about: About) -> None:
    """Queue a letter, if the reporter wants one and left an address. One that cannot be written is shown to staff."""
    choice, address = mail.choice_of(told.case), mail.address_of(told.case)
    if choice == Mail.NONE or not address:
        return
    try:
        with transaction.atomic():
            text: Letter | None = letters.compose(kind, about, choice)
    except Exception:
        logger.exception("A letter of the kind %s could not be written; staff are shown it", kind)
        text = None
    key = f"letter:{kind}:{told.index}"
    to = Envelope(Channel.MAIL, queries.MAIL_ROUTE, address, key, told.case.language)
    queue.put(kind, to, text, case=told.case)


def _received(told: Told) -> None:
    _letter(Kind.RECEIVED, told, About(told.case))


def _asked(told: Told) -> None:
    _letter(Kind.QUESTION, told, About(told.case))


def _withdrawn(told: Told) -> None:
    _letter(Kind.WITHDRAWN, told, About(told.case))


def _decided(told: Told) -> None:
    """A decision on the reporter's own appeal is told with the appeal's outcome."""
    decision = Decision.objects.select_related("case").get(pk=told.data["decision"])
    if Appeal.objects.filter(result=decision, who=Appellant.REPORTER).exists():
        return
    kind = Kind.REMOVAL if decision.outcome == Outcome.REMOVE else Kind.REFUSED
    _letter(kind, told, About(told.case, decision=decision))


def _appeal_decided(told: Told) -> None:
    appeal = Appeal.objects.select_related("decision", "result").get(pk=told.data["appeal"])
    if appeal.who == Appellant.REPORTER:
        _letter(Kind.APPEAL_DECIDED, told, About(told.case, appeal=appeal))


def _moved(told: Told) -> None:
    if told.data["to"] == CaseState.REMOVED:
        _letter(Kind.REMOVED, told, About(told.case))
    elif events.is_reopened(told.data):
        _letter(Kind.REOPENED, told, About(told.case))


def _clock_warned(told: Told) -> None:
    due, percent, regime = time.parse_iso(told.data["due"]), int(told.data["percent"]), told.data["regime"]
    _warn_staff(
        Kind.CLOCK_WARNED,
        f"{told.case.id}:{percent}:{told.data['due']}",
        told.case,
        lambda language: staff_mails.warning(told.case, regime, percent, due, language),
    )


def _clock_missed(told: Told) -> None:
    due, regime = time.parse_iso(told.data["due"]), told.data["regime"]
    _warn_staff(
        Kind.CLOCK_MISSED,
        f"{told.case.id}:{told.data['due']}",
        told.case,
        lambda language: staff_mails.missed(told.case, regime, due, language),
    )


def _warn_staff(kind: Kind, key: str, case: Case, write: Callable[[str], Letter]) -> None:
    """Tell each who asked for it, once for all clocks of a case that are due at one instant."""
    for person in to_be_warned():
        if not may_see(person, sensitive=case.sensitive):
            continue
        to = Envelope(Channel.MAIL, queries.MAIL_ROUTE, person.email, f"{kind}:{key}:{person.pk}", person.warning_mails)
        queue.put(kind, to, write(person.warning_mails), case=case)


HANDLERS: dict[str, Callable[[Told], None]] = {
    Event.NOTICE_RECEIVED: _received,
    Event.INFORMATION_ASKED: _asked,
    Event.DECISION_MADE: _decided,
    Event.APPEAL_DECIDED: _appeal_decided,
    Event.CASE_MOVED: _moved,
    Event.CASE_WITHDRAWN: _withdrawn,
    Event.CLOCK_WARNED: _clock_warned,
    Event.CLOCK_MISSED: _clock_missed,
}
