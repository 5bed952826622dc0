"""Sending what waits: one message at a time, leased, recorded before and after.

A message is marked as being handed over before the other side may have taken it, and as sent after it said so. Who
dies between the two leaves it unsure: nobody sends it again unasked, so no person gets a letter twice.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from argine.desk.cases import mail
from argine.desk.core import time
from argine.desk.notify import mime, policies, smtp, webhooks
from argine.desk.notify.enums import Channel, Kind, MessageState, Problem
from argine.desk.notify.errors import NotMineError, NotTakenError, UnsureError
from argine.desk.notify.models import Outgoing, Route
from argine.desk.notify.operations import queue

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)


def recover() -> int:
    """What was being handed over when its courier died: nobody knows whether it arrived. Tell how many."""
    lost = Outgoing.objects.filter(state=MessageState.HANDING_OVER, lease_until__lt=time.now())
    for message in lost:
        with transaction.atomic():
            message.problem = Problem.LOST
            queue.end(message, MessageState.UNSURE)
    return len(lost)


def deliver_next() -> bool:
    """Send the next message that is due; tell whether there was one."""
    message = _lease()
    if message is None:
        return False
    try:
        if _is_wanted(message):
            _send(message)
        else:
            with transaction.atomic():
                queue.end(message, MessageState.DROPPED)
    except Exception:
        # What could not be rendered must not hold up the others; what may have been taken is for `recover`.
        logger.exception("A message of the kind %s could not be sent; staff are shown it", message.kind)
        if message.state == MessageState.WAITING:
            _fail(message, Problem.COMPOSING)
    return True


def _lease() -> Outgoing | None:
    moment = time.now()
    # What is leased or paused for longer than ever asked is of before the clock was set back. Twice as long, since
    # another courier may have read the clock a moment later than this one and have leased it since.
    longest = moment + policies.LONGEST_WAIT
    paused = Route.objects.filter(paused_until__gt=moment, paused_until__lte=longest).values("name")
    free = Q(lease_until=None) | Q(lease_until__lt=moment) | Q(lease_until__gt=moment + 2 * LEASE)
    waiting = Outgoing.objects.filter(free, state=MessageState.WAITING, run_after__lte=moment)
    with transaction.atomic():
        message = waiting.exclude(route__in=paused).select_for_update().order_by("run_after", "created_at").first()
        if message is not None:
            message.lease_until, message.attempts = moment + LEASE, message.attempts + 1
            message.save(update_fields=["lease_until", "attempts"])
    return message


def _is_wanted(message: Outgoing) -> bool:
    """Not sent: a letter that the reporter does not want any more, an event to an address that was taken out.

    Nor what was erased meanwhile, since the records of its case went.
    """
    if not message.address:
        return False
    if message.channel == Channel.WEBHOOK:
        return message.address in settings.CONFIG.webhooks
    if message.case is None:
        return True
    return policies.is_wanted(Kind(message.kind), mail.choice_of(message.case))


def _mark(message: Outgoing) -> None:
    """From here on it may have been taken. Whose lease ran out meanwhile must not go on: another may have sent it."""
    until = time.now() + LEASE
    mine = Outgoing.objects.filter(pk=message.pk, state=MessageState.WAITING, lease_until=message.lease_until)
    if not mine.update(state=MessageState.HANDING_OVER, lease_until=until):
        raise NotMineError
    message.state, message.lease_until = MessageState.HANDING_OVER, until


def _send(message: Outgoing) -> None:
    try:
        if message.channel == Channel.WEBHOOK:
            webhooks.hand_over(message.address, message.body.encode())
        else:
            smtp.hand_over(mime.render(message), message.address, before_text=lambda: _mark(message))
    except NotMineError:
        return
    except NotTakenError as error:
        _fail(message, error.problem)
    except UnsureError:
        with transaction.atomic():
            message.problem = Problem.LOST
            queue.end(message, MessageState.UNSURE)
    else:
        with transaction.atomic():
            message.problem = ""
            queue.end(message, MessageState.SENT)
            _note_success(message.route)


def _fail(message: Outgoing, problem: Problem) -> None:
    """It was certainly not taken: try again later, or show it to staff."""
    moment = time.now()
    with transaction.atomic():
        message.problem = problem
        to = policies.after_failure(problem, moment, message.expires_at)
        if to == MessageState.DEAD:
            queue.end(message, to)
        else:
            message.state, message.lease_until = to, None
            message.run_after = moment + policies.wait_after(message.attempts)
            message.save(update_fields=["state", "lease_until", "run_after", "problem"])
        if problem in policies.OF_THE_ROUTE:
            _note_failure(message.route, problem)


def _note_failure(name: str, problem: Problem) -> None:
    """The way out fails: all that takes it waits, longer each time; a single message is not blamed for it."""
    moment = time.now()
    route, _new = Route.objects.get_or_create(name=name)
    route.failures += 1
    route.problem, route.failed_at = problem, moment
    route.paused_until = moment + policies.wait_after(route.failures)
    route.save()


def _note_success(name: str) -> None:
    moment = time.now()
    Route.objects.update_or_create(
        name=name, defaults={"failures": 0, "paused_until": None, "problem": "", "worked_at": moment}
    )
