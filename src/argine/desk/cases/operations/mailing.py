"""What a reporter wants to get by e-mail: said with the report, changed at any time."""

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases import mail, policies
from argine.desk.cases.enums import Mail
from argine.desk.cases.models import Case, Mailing
from argine.desk.cases.operations import steps
from argine.desk.core import time
from argine.desk.core.actor import Actor


def choose_mail(case: Case, choice: Mail, *, by: Actor) -> None:
    """Take what the reporter wants to get by e-mail from now on.

    Raises:
        RefusedError: nobody reported this case, or it was stopped: no e-mail is sent about it.
    """
    with transaction.atomic():
        steps.hold(case)
        policies.check_choose_mail(case)
        note(case, choice, by=by)


def note(case: Case, choice: Mail, *, by: Actor) -> None:
    """Write the choice down, in the caller's transaction, unless it says what holds already."""
    if choice == mail.choice_of(case):
        return
    Mailing(case=case, choice=choice, at=time.now(), by=by).save()
    append(Event.MAIL_CHOSEN, f"case:{case.id}", by=by, data={"choice": choice.value})
