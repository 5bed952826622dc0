import hashlib
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from argine.desk.cases.models import Case
from argine.desk.config import Config
from argine.desk.core.errors import NotFoundError
from argine.desk.notify.enums import LETTERS, NEED_SOMEBODY, MessageState
from argine.desk.notify.models import Outgoing, Route

MAIL_ROUTE = "mail"
MOST_SHOWN = 200


def webhook_route(url: str) -> str:
    """The name of the way to one address of the platform's software; the address itself may hold a secret."""
    return f"webhook:{hashlib.sha256(url.encode()).hexdigest()[:16]}"


def is_on(config: Config | None = None) -> bool:
    """Whether anything goes out at all."""
    return (config or settings.CONFIG).sends_anything


def get(message_id: UUID) -> Outgoing:
    found = Outgoing.objects.filter(pk=message_id).first()
    if found is None:
        raise NotFoundError("There is no such message.")
    return found


def need_somebody(which: Q) -> list[Outgoing]:
    """Messages, of these, that staff have to look at, the oldest first, and letters before what programs get."""
    found = Outgoing.objects.filter(which, state__in=NEED_SOMEBODY).select_related("case")
    return list(found.order_by("channel", "created_at")[:MOST_SHOWN])


def count_need_somebody() -> int:
    return Outgoing.objects.filter(state__in=NEED_SOMEBODY).count()


def count_waiting() -> int:
    return Outgoing.objects.filter(state__in={MessageState.WAITING, MessageState.HANDING_OVER}).count()


def letters_of(case: Case) -> list[Outgoing]:
    return list(Outgoing.objects.filter(case=case, kind__in=LETTERS).order_by("created_at"))


def route(name: str) -> Route | None:
    return Route.objects.filter(pk=name).first()
