"""Do accounts and keys agree with the log? Rights that were given behind the log's back are found here."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from argine.desk.audit.events import Event
from argine.desk.audit.queries import Fault, logged
from argine.desk.people.models import ApiKey, Staff
from argine.desk.people.queries import key_commitment
from argine.merkle.canonical import Json

WANTED = (Event.STAFF_JOINED, Event.STAFF_CHANGED, Event.KEY_CREATED, Event.KEY_REVOKED)

RIGHTS = ("role", "active", "sees_sensitive")


@dataclass(slots=True)
class Record:
    """By subject, as the log tells it: role and whether active; scopes, commitment, whether revoked, last day."""

    staff: dict[str, dict[str, Json]] = field(default_factory=dict)
    keys: dict[str, dict[str, Json]] = field(default_factory=dict)

    def take(self, event: str, subject: str, data: dict[str, Json]) -> None:
        if event == Event.STAFF_JOINED:
            self.staff[subject] = {"role": data["role"], "active": True, "sees_sensitive": False}
        elif event == Event.STAFF_CHANGED:
            changed: dict[str, Json] = {name: data[name] for name in RIGHTS if name in data}
            self.staff.setdefault(subject, {}).update(changed)
        elif event == Event.KEY_CREATED:
            self.keys[subject] = {
                "scopes": data["scopes"], "key": data["key"], "revoked": False, "ends_on": data.get("ends_on"),
            }  # fmt: skip
        else:
            self.keys.setdefault(subject, {})["revoked"] = True


def faults() -> Iterator[Fault]:
    record = _record()
    for person in Staff.objects.order_by("id"):
        now: dict[str, Json] = {
            "role": person.role,
            "active": person.is_active,
            "sees_sensitive": person.sees_sensitive,
        }
        yield from _compare(f"staff:{person.pk}", now, record.staff, "has another role or access than the log says")
    for key in ApiKey.objects.order_by("created_at"):
        now = {
            "scopes": key.scopes,
            "key": key_commitment(key),
            "revoked": key.revoked_at is not None,
            "ends_on": key.ends_on.isoformat() if key.ends_on else None,
        }
        yield from _compare(
            f"key:{key.id}", now, record.keys, "is another key, or may do other things, than the log says"
        )
    yield from (Fault(subject, "was logged but is gone") for subject in [*record.staff, *record.keys])


def _compare(subject: str, now: dict[str, Json], told: dict[str, dict[str, Json]], difference: str) -> Iterator[Fault]:
    if subject not in told:
        yield Fault(subject, "was never logged")
    elif told.pop(subject) != now:
        yield Fault(subject, difference)


def _record() -> Record:
    record = Record()
    for event, subject, data in logged(WANTED):
        record.take(event, subject, data)
    return record
