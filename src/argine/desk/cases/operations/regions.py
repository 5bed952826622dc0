"""The altered part of a reported picture, as a reviewer marks it after the reporter, or in place of them."""

from uuid import UUID

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.banks import operations as banks
from argine.desk.banks.models import RegionChange
from argine.desk.banks.queries import entries_of_case
from argine.desk.cases import policies
from argine.desk.cases.models import Case
from argine.desk.cases.operations import steps
from argine.desk.core.actor import Actor
from argine.desk.core.errors import NotFoundError
from argine.signals.patch.geometry import Rectangle


def mark_region(case: Case, entry_id: UUID, region: Rectangle | None, reason: str, *, by: Actor) -> RegionChange:
    """Mark the part of a picture that a copy must agree in, or take the mark away; every check follows at once.

    Raises:
        NotFoundError: the case has no such picture.
        RefusedError: the case has ended, or just this is marked.
        InvalidError: no reason is given.
    """
    with transaction.atomic():
        steps.hold(case)
        policies.check_mark(case)
        entry = next((entry for entry in entries_of_case(case.id) if entry.id == entry_id), None)
        if entry is None:
            raise NotFoundError("There is no such picture in this case.")
        change = banks.change_region(entry, region, reason, by=by)
        data = {"entry": str(entry.id), "change": str(change.id)}
        append(Event.REGION_MARKED, f"case:{case.id}", by=by, data=data)
    sign_head_now()
    return change
