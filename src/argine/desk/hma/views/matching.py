"""`/m`: look-ups, comparisons, the state of the index."""

from django.http import HttpResponse

from argine.desk.core.errors import InvalidError
from argine.desk.hma import bodies, hashed, kinds, policies, queries
from argine.desk.hma.bodies import Sent
from argine.desk.hma.edge import HmaRequest, missing
from argine.desk.hma.lookups import Told, Wanted, look_up, raw
from argine.desk.people.doors import tell
from argine.signals.hasher import HashedFile
from argine.signals.types import Signal, SignalType

TRUE = frozenset({"true", "1", "yes", "on"})
PDQ_THRESHOLD = 31
PAIR = 2


def lookup(request: HmaRequest) -> HttpResponse:
    """Look up a signal, or the content at an address."""
    asked = request.GET
    if asked.get("url"):
        of_file = _look_up_file(bodies.fetch(request), request)
        kind = asked.get("signal_type")
        return tell(of_file if kind is None else of_file.get(kind, {}))
    if not asked.get("signal") or not asked.get("signal_type"):
        raise InvalidError("Either url or both signal and signal_type are required")
    signal = _signal(asked["signal_type"], asked["signal"])
    found = look_up(HashedFile((signal,)), [asked["signal_type"]], _wanted(request))
    return tell(found[asked["signal_type"]])


def lookup_file(request: HmaRequest) -> HttpResponse:
    return tell(_look_up_file(bodies.read_file(request), request))


def raw_lookup(request: HmaRequest) -> HttpResponse:
    """Look up a signal whatever a tool has enabled."""
    absent = [name for name in ("signal", "signal_type") if not request.GET.get(name)]
    if absent:
        raise missing(*absent)
    signal = _signal(request.GET["signal_type"], request.GET["signal"])
    found = raw(signal, policies.asked_raw(queries.banks(), queries.named(request.GET.get("banks"))))
    if _is_true(request.GET.get("include_distance")):
        return tell({"matches": found})
    return tell({"matches": [match["bank_content_id"] for match in found]})


def compare(request: HmaRequest) -> HttpResponse:
    """Compare two signals of each type that is sent."""
    return tell({name: _compare(name, pair) for name, pair in bodies.read_object(request).items()})


def index_status(request: HmaRequest) -> HttpResponse:
    return tell({name: _status(kind) for name, kind in chosen_types(request).items()})


def chosen_types(request: HmaRequest) -> dict[str, SignalType]:
    """The signal types that a request asks about: all, or the one that it names."""
    name = request.GET.get("signal_type")
    return kinds.TYPES if name is None else {name: kinds.known_type(name)}


def _status(kind: SignalType) -> dict[str, object]:
    stock = queries.stock(kind)
    return {"built_to": stock.newest, "present": True, "size": stock.size}


def _look_up_file(sent: Sent, request: HmaRequest) -> dict[str, Told]:
    found, names = hashed.to_look_up(sent, request.GET.get("types"))
    return look_up(found, names, _wanted(request))


def _wanted(request: HmaRequest) -> Wanted:
    shown = queries.banks()
    banks = policies.asked(
        shown,
        queries.named(request.GET.get("banks")),
        seed=request.GET.get("seed"),
        bypass_coinflip=_is_true(request.GET.get("bypass_coinflip")),
    )
    return Wanted(banks, shown, request.asker)


def _signal(name: str, text: object) -> Signal:
    kinds.known_type(name)
    try:
        return kinds.parse(name, text)
    except InvalidError as error:
        raise InvalidError(f"invalid signal: {error}") from None


def _compare(name: str, pair: object) -> list[object]:
    kind = kinds.known_type(name)
    if not isinstance(pair, list) or len(pair) != PAIR:
        raise InvalidError("Comparison hash list length must be exactly 2")
    first, second = (_signal(name, text).value for text in pair)
    if kind is not SignalType.PDQ:
        return [first == second, {}]
    distance = (int.from_bytes(first, "big") ^ int.from_bytes(second, "big")).bit_count()
    return [distance <= PDQ_THRESHOLD, {"distance": distance}]


def _is_true(text: str | None) -> bool:
    return (text or "").lower() in TRUE
