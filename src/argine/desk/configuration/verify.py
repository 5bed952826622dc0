"""Do the settings agree with the log? One that was changed behind the log's back is found here."""

from collections.abc import Iterator

from argine.desk.audit.events import Event
from argine.desk.audit.queries import Fault, logged
from argine.desk.configuration import queries
from argine.desk.configuration.models import StoredSetting
from argine.desk.core.crypto import SealError


def faults() -> Iterator[Fault]:
    told = {subject: data["digest"] for _event, subject, data in logged([Event.SETTING_CHANGED])}
    for row in StoredSetting.objects.order_by("name"):
        subject = f"setting:{row.name}"
        if subject not in told:
            yield Fault(subject, "was never logged")
        elif told.pop(subject) != _now(row):
            yield Fault(subject, "has another value than the log says")
    yield from (Fault(subject, "was logged but is gone") for subject in told)


def _now(row: StoredSetting) -> str:
    try:
        return queries.commitment(row)
    except SealError:
        return ""
