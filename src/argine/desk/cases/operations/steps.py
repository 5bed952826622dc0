"""What several operations on a case do within their transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases import policies
from argine.desk.cases.drafts import LONGEST_TEXT
from argine.desk.cases.enums import Author, CaseState
from argine.desk.cases.models import Address, Case, Message, Notice, Order, Reappearance, Supplement
from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.core.errors import InvalidError
from argine.desk.core.web_address import address_digest, host_digest


def hold(case: Case) -> None:
    """Bring the case up to date and keep others from it until the transaction ends: a page may have shown it older."""
    case.refresh_from_db(from_queryset=Case.objects.select_for_update())


def move(case: Case, to: CaseState, *, by: Actor) -> None:
    policies.check_move(case, to)
    before, case.state, case.changed_at = case.state, to, time.now()
    case.save(update_fields=["state", "changed_at"])
    append(Event.CASE_MOVED, f"case:{case.id}", by=by, data={"from": str(before), "to": to.value})


def name_place(case: Case, position: int, url: str, **of: Notice | Supplement | Order | Reappearance) -> Address:
    """Write an address down, with what finds it again; `of` says what names it."""
    digests = {"digest": address_digest(url), "host_digest": host_digest(url)}
    address = Address(case=case, position=position, url=url, **digests, **of)
    address.save(force_insert=True)
    return address


def let_go(cases: Iterable[Case], *, by: Actor) -> None:
    """Let cases that followed another one go on by themselves."""
    for case in cases:
        case.leading = None
        case.save(update_fields=["leading"])
        append(Event.CASE_SPLIT, f"case:{case.id}", by=by)


def say(case: Case, author: Author, text: str, *, by: Actor) -> None:
    check_text("text", text)
    Message(case=case, at=time.now(), author=author, by=by, text=text.strip()).save(force_insert=True)


def check_text(field: str, text: str) -> None:
    """Raise unless something was written, and not too much; the error names the field."""
    problem = ""
    if not text.strip():
        problem = _("Write something first.")
    elif len(text) > LONGEST_TEXT:
        problem = _("This is too long: at most %(count)d characters.") % {"count": LONGEST_TEXT}
    if problem:
        raise InvalidError(problem, fields={field: problem})


def complete(notice: Notice, at: datetime, *, by: Actor) -> None:
    """Nothing lacks any more under the laws that are switched on: the instant is kept beside that of receipt."""
    notice.completed_at = at
    notice.save(update_fields=["completed_at"])
    data = {"notice": str(notice.id), "at": time.iso(at)}
    append(Event.NOTICE_COMPLETED, f"case:{notice.case_id}", by=by, data=data)
