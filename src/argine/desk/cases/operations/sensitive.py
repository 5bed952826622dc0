"""Showing a case to few."""

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases import policies
from argine.desk.cases.models import Case
from argine.desk.cases.operations import steps
from argine.desk.core.actor import Actor
from argine.desk.people.queries import see_sensitive


def mark_sensitive(case: Case, *, sensitive: bool, by: Actor) -> None:
    """Show a case to those alone whom an operator lets see sensitive ones, or to all of the staff again.

    Raises:
        RefusedError: nobody would see it.
    """
    with transaction.atomic():
        steps.hold(case)
        policies.check_mark_sensitive(sensitive=sensitive, seeing=see_sensitive())
        if case.sensitive == sensitive:
            return
        case.sensitive = sensitive
        case.save(update_fields=["sensitive"])
        append(Event.CASE_SENSITIVE, f"case:{case.id}", by=by, data={"sensitive": sensitive})
