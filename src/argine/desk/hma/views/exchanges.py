"""`/c/exchanges`: the partners whose entries come in, to be read. People agree with them, in the console."""

from django.http import HttpResponse

from argine.desk.core.errors import ForbiddenError, InvalidError, NotFoundError
from argine.desk.exchange import queries
from argine.desk.exchange.enums import Shape
from argine.desk.exchange.models import Partner
from argine.desk.exchange.operations.partners import bank_of
from argine.desk.hma import policies
from argine.desk.hma.edge import HmaRequest
from argine.desk.people.doors import tell

APIS = {"argine": Shape.ARGINE, "stop_ncii": Shape.STOPNCII, "fb_threatexchange": Shape.THREATEXCHANGE}
NAMES = {shape: name for name, shape in APIS.items()}


def index(_request: HmaRequest) -> HttpResponse:
    return tell(list(_exchanges()))


def apis(_request: HmaRequest) -> HttpResponse:
    return tell(list(APIS))


def api(_request: HmaRequest, name: str) -> HttpResponse:
    shape = _shape(name)
    known = any(partner.shape == shape for partner in _exchanges().values())
    return tell({"has_set_authentification": known, "supports_authentification": True})


def schema(_request: HmaRequest, name: str) -> HttpResponse:
    """Say that nothing can be set here: no field, no credentials."""
    _shape(name)
    return tell({"config_schema": {"fields": []}, "credentials_schema": None})


def show(_request: HmaRequest, name: str) -> HttpResponse:
    partner = _find(name)
    return tell({"name": name, "api": NAMES[Shape(partner.shape)], "enabled": partner.is_active})


def status(_request: HmaRequest, name: str) -> HttpResponse:
    partner = _find(name)
    ended = None if partner.asked_at is None else int(partner.asked_at.timestamp())
    return tell(
        {
            "checkpoint_ts": None if partner.worked_at is None else int(partner.worked_at.timestamp()),
            "fetched_items": sum(queries.counts(partner).values()),
            "last_fetch_complete_ts": ended,
            "last_fetch_succeeded": None if ended is None else partner.failures == 0,
            "running_fetch_start_ts": None,
            "up_to_date": ended is not None and not partner.trouble,
        }
    )


def refuse(_request: HmaRequest, name: str = "") -> HttpResponse:  # noqa: ARG001 - the address has it
    """Partners are people's agreement with people: not for a tool to make, change or end."""
    raise ForbiddenError("Partners are added, changed and ended in the console, or with `argine partner`.")


def _exchanges() -> dict[str, Partner]:
    return {policies.shown_name(bank_of(partner)): partner for partner in queries.partners() if partner.url}


def _find(name: str) -> Partner:
    found = _exchanges().get(name)
    if found is None:
        raise NotFoundError(f"Exchange '{name}' not found" if policies.NAME.fullmatch(name) else "Exchange not found")
    return found


def _shape(name: str) -> Shape:
    if name not in APIS:
        raise InvalidError(f"no such Exchange API '{name}'" if name.isidentifier() else "no such Exchange API")
    return APIS[name]
