"""Putting messages in the queue, and what staff do with those that did not go."""

import json
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases.models import Case
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.notify import policies, queries, staff_mails
from argine.desk.notify.enums import ENDED, LETTERS, Channel, Kind, MessageState, Problem
from argine.desk.notify.events import Told
from argine.desk.notify.letters import Letter
from argine.desk.notify.models import Outgoing
from argine.desk.people.models import Staff

# Of what is no letter nothing is kept for long: a letter's row stays with its case, as the trace of what was sent.
KEEP_OTHERS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where a message goes. `dedupe_key`: what is put twice under one key goes once."""

    channel: Channel
    route: str
    address: str
    dedupe_key: str
    language: str = "en"


def put(kind: Kind, envelope: Envelope, text: Letter | None, *, case: Case | None = None) -> Outgoing | None:
    """Put a message in the queue, in the caller's transaction; None if it is there already.

    With no text it could not be written: it waits for somebody to see to it.
    """
    moment = time.now()
    if Outgoing.objects.filter(dedupe_key=envelope.dedupe_key).exists():
        return None
    message = Outgoing(
        dedupe_key=envelope.dedupe_key,
        channel=envelope.channel,
        kind=kind,
        route=envelope.route,
        case=case,
        language=envelope.language,
        created_at=moment,
        run_after=moment,
        expires_at=moment + policies.TRY_FOR,
        state=MessageState.WAITING if text else MessageState.DEAD,
        problem="" if text else Problem.COMPOSING,
        address=envelope.address,
        subject=text.subject if text else "",
        body=text.body if text else "",
    )
    message.save(force_insert=True)
    return message


def send_test(person: Staff, language: str) -> Outgoing | None:
    """Put a test e-mail to a member of staff in the queue."""
    key = f"test:{person.pk}:{time.iso(time.now())}"
    to = Envelope(Channel.MAIL, queries.MAIL_ROUTE, person.email, key, language)
    with transaction.atomic():
        return put(Kind.TEST, to, staff_mails.test(language))


def put_event(event: Told, url: str, *, case: Case | None = None) -> Outgoing | None:
    """Put an event to one address of the platform's software in the queue, in the caller's transaction."""
    name = queries.webhook_route(url)
    to = Envelope(Channel.WEBHOOK, name, url, f"{name}:{event['id']}")
    return put(Kind.EVENT, to, Letter(event["type"], frame=("", json.dumps(event, sort_keys=True))), case=case)


def send_test_events() -> int:
    """Put an event that asks for nothing in the queue, to each address; tell how many."""
    moment = time.iso(time.now())
    event: Told = {"id": f"test.{moment}", "type": "test", "at": moment}
    with transaction.atomic():
        return sum(put_event(event, url) is not None for url in settings.CONFIG.webhooks)


def retry(message: Outgoing, *, by: Actor) -> None:
    """Send it once more, under the same message id, for as long as a new one.

    Raises:
        RefusedError: it was sent meanwhile or is gone, or it was never written.
    """
    with transaction.atomic():
        message.refresh_from_db()
        policies.check_retry(message)
        moment = time.now()
        move(message, MessageState.WAITING)
        message.run_after, message.expires_at, message.problem = moment, moment + policies.TRY_FOR, ""
        message.save(update_fields=["run_after", "expires_at", "problem"])
        if message.case_id is not None:
            append(Event.LETTER_RETRIED, f"case:{message.case_id}", by=by, data={"message": str(message.id)})


def discard(message: Outgoing, *, by: Actor) -> None:
    """Send it no more; its text and address are erased.

    Raises:
        RefusedError: it was sent meanwhile or is gone.
    """
    with transaction.atomic():
        message.refresh_from_db()
        end(message, MessageState.DROPPED, by=by)


def move(message: Outgoing, to: MessageState) -> None:
    policies.check_move(message, to)
    message.state, message.lease_until = to, None
    message.save(update_fields=["state", "lease_until"])


def end(message: Outgoing, to: MessageState, *, by: Actor = SYSTEM) -> None:
    """Nothing more is done by itself. What was sent, or is not wanted, is erased; the rest waits for somebody."""
    move(message, to)
    message.ended_at = time.now()
    if to in ENDED:
        message.address = message.subject = message.body = ""
    message.save(update_fields=["ended_at", "address", "subject", "body", "problem"])
    if message.case_id is not None and message.kind in LETTERS:
        event = Event.LETTER_SENT if to == MessageState.SENT else Event.LETTER_UNSENT
        data = {"message": str(message.id), "kind": message.kind, "state": to.value, "problem": message.problem}
        append(event, f"case:{message.case_id}", by=by, data=dict(data))


def forget_old_messages() -> int:
    """Drop what is no letter and ended a month ago, and events that nobody took; tell how many."""
    over = Q(state__in=ENDED) | Q(kind=Kind.EVENT, state=MessageState.DEAD)
    old = Outgoing.objects.filter(over, ended_at__lt=time.now() - KEEP_OTHERS)
    return old.exclude(kind__in=LETTERS).delete()[0]
