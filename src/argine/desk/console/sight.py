"""Sensitive cases are not there for who may not see them: whatever of one an address names is not found."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from argine.desk.banks.models import BankEntry, Flood
from argine.desk.cases.models import Case
from argine.desk.cases.permissions import seen_by
from argine.desk.core.errors import NotFoundError
from argine.desk.people.models import Staff


def _of_flood(key: object) -> Q:
    floods = Flood.objects.filter(Q(pk=key))
    return Q(pk__in=BankEntry.objects.filter(pk__in=floods.values("entry_id")).values("case_id"))


# The names of what stands in an address, and how it leads to its case. A test holds that no name is missing.
WAYS: dict[str, Callable[[object], Q]] = {
    "case_id": lambda key: Q(pk=key),
    "leading_id": lambda key: Q(pk=key),
    "appeal_id": lambda key: Q(appeals__pk=key),
    "reappearance_id": lambda key: Q(reappearances__pk=key),
    "step_id": lambda key: Q(misuse_steps__pk=key),
    "notice_id": lambda key: Q(outward__pk=key),
    "address_id": lambda key: Q(addresses__pk=key),
    "watch_id": lambda key: Q(watches__pk=key),
    "host_watch_id": lambda key: Q(host_watches__pk=key),
    "host_change_id": lambda key: Q(host_watches__changes__pk=key),
    "record_id": lambda key: Q(page_records__pk=key),
    "flood_id": _of_flood,
    "message_id": lambda key: Q(outgoing__pk=key),
}


def cases(person: Staff, named: Mapping[str, object]) -> set[UUID]:
    """The cases that what an address names belongs to, and that its page tells of.

    Raises:
        NotFoundError: the person may not see one of them; the same as for what is not there.
    """
    ways = (WAYS[name](key) for name, key in named.items() if name in WAYS)
    found = {pk for way in ways for pk in Case.objects.filter(way).values_list("pk", flat=True)}
    if found and not person.sees_sensitive and Case.objects.filter(~seen_by(person), pk__in=found).exists():
        raise NotFoundError(_("There is nothing at this address."))
    return found
