"""What the reporter and the desk say to each other."""

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases import policies
from argine.desk.cases.enums import Author, CaseState
from argine.desk.cases.models import Case
from argine.desk.cases.operations import steps
from argine.desk.core.actor import Actor


def add_information(case: Case, text: str, *, by: Actor) -> None:
    """Take what the reporter adds; a case that waited for it goes back to review.

    Raises:
        RefusedError: the case is closed.
        InvalidError: there is no text, or too much.
    """
    with transaction.atomic():
        steps.hold(case)
        policies.check_add_information(case)
        steps.say(case, Author.REPORTER, text, by=by)
        append(Event.INFORMATION_ADDED, f"case:{case.id}", by=by)
        if case.state == CaseState.WAITING:
            steps.move(case, CaseState.RECEIVED, by=by)


def ask_reporter(case: Case, text: str, *, by: Actor) -> None:
    """Ask the reporter for more. The clocks run on: the law knows no pause.

    Raises:
        RefusedError: the case is not open.
        InvalidError: there is no text, or too much.
    """
    with transaction.atomic():
        steps.hold(case)
        policies.check_ask(case)
        steps.say(case, Author.STAFF, text, by=by)
        append(Event.INFORMATION_ASKED, f"case:{case.id}", by=by)
        if case.state == CaseState.RECEIVED:
            steps.move(case, CaseState.WAITING, by=by)
