"""`/c/signal_type`, `/c/content_type`: what can be hashed here, and how far the index is."""

from django.http import HttpResponse

from argine.desk.core.errors import ForbiddenError
from argine.desk.hma import kinds, queries
from argine.desk.hma.edge import HmaRequest
from argine.desk.hma.views.matching import chosen_types
from argine.desk.people.doors import tell
from argine.signals.types import SignalType


def signal_types(_request: HmaRequest) -> HttpResponse:
    return tell([{"enabled_ratio": 1.0, "name": name} for name in kinds.TYPES])


def change_signal_type(_request: HmaRequest, name: str) -> HttpResponse:
    """Refuse: a type that is switched off for some look-ups would miss copies, and nobody would see it."""
    kinds.known_type(name)
    raise ForbiddenError("Every signal type is matched here, always. Enable banks further or less instead.")


def index_state(request: HmaRequest) -> HttpResponse:
    return tell({name: _state(kind) for name, kind in chosen_types(request).items()})


def content_types(_request: HmaRequest) -> HttpResponse:
    return tell([{"enabled": True, "name": name} for name in kinds.CONTENTS])


def _state(kind: SignalType) -> dict[str, object]:
    """How far the index is: a change counts from the next look-up on, so it is never behind."""
    stock = queries.stock(kind)
    return {
        "db_size": stock.size,
        "index_built_to": stock.newest,
        "index_out_of_date": False,
        "index_size": stock.size,
        "newest_db_item": stock.newest,
    }
