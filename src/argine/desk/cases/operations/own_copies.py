"""Signals of the platform's own copy, and looks at it."""

from django.db import transaction
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.banks import operations as banks
from argine.desk.banks.models import EntrySignal
from argine.desk.banks.operations import Content
from argine.desk.cases import own_copy, policies
from argine.desk.cases.models import Case
from argine.desk.cases.operations import relating, steps
from argine.desk.core import hashing
from argine.desk.core.actor import Actor
from argine.desk.core.errors import RefusedError
from argine.desk.people.models import Staff
from argine.desk.people.operations import count_look
from argine.media.errors import MediaError
from argine.signals.pool import BusyError, UnsafeError
from argine.signals.types import Signal, SignalType

ORIGIN = "own-copy"


def hash_own_copy(case: Case, content_id: str, *, by: Actor) -> None:
    """Take the platform's own copy from its store, make its signals in the confined process, drop it.

    They join the case's pictures, in review, so that a removal covers what the reporter could only point at.

    Raises:
        RefusedError: the case is not open, the store does not hand it out, or it is no picture that can be read.
    """
    policies.check_hash_copy(case)
    signals = _signals(content_id)
    with transaction.atomic():
        steps.hold(case)
        policies.check_hash_copy(case)
        _check_new(case, signals)
        entry = banks.add_entry(banks.REPORTED, signals, origin=ORIGIN, case_id=case.id, by=by)
        data = {"entry": str(entry.id), "copy": _digest(content_id)}
        append(Event.COPY_HASHED, f"case:{case.id}", by=by, data=data)
    sign_head_now()
    relating.relate_now(case)


def look_at_copy(case: Case, content_id: str, person: Staff, *, by: Actor) -> int:
    """Write down that somebody looks at the platform's own copy; tell which look of their day it is.

    Raises:
        RefusedError: the operator does not allow it, the case does not permit it, or it is enough for one day.
    """
    with transaction.atomic():
        policies.check_look(case)
        count = count_look(person)
        append(Event.COPY_SHOWN, f"case:{case.id}", by=by, data={"copy": _digest(content_id)})
    return count


def _digest(content_id: str) -> str:
    digest = Content(id=content_id).digest
    return digest.hex() if digest else ""


def _signals(content_id: str) -> list[Signal]:
    try:
        return list(hashing.hash_for_bank(own_copy.fetch(content_id)).every_signal)
    except MediaError as error:
        raise RefusedError(_("The copy is no picture that can be read.")) from error
    except (BusyError, UnsafeError) as error:
        raise RefusedError(_("The copy cannot be hashed just now. Try again in a moment.")) from error


def _check_new(case: Case, signals: list[Signal]) -> None:
    exact = [signal.value for signal in signals if signal.type is SignalType.SHA256]
    if EntrySignal.objects.filter(entry__case_id=case.id, type=SignalType.SHA256, value__in=exact).exists():
        raise RefusedError(_("The case has the signals of this very file already."))
