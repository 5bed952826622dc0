"""Who cosigns this desk's log, and whose logs this desk cosigns, as the page of the log shows it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from argine.desk.audit.enums import WitnessProblem
from argine.desk.audit.models import Cosignature, Witness, WitnessedLog
from argine.desk.audit.queries import witness_addresses, witnessed_keys
from argine.merkle.offline import END_OF_CALENDAR


@dataclass(frozen=True, slots=True)
class Asked:
    """One witness of this log: up to how many entries it has cosigned, when, and what went wrong since."""

    name: str
    size: int
    at: datetime | None
    problem: str


def asked() -> list[Asked]:
    """The witnesses that the operator set, by name."""
    known = {witness.name: witness for witness in Witness.objects.all()}
    return [_asked(name, known.get(name)) for name in sorted(witness_addresses())]


def _asked(name: str, witness: Witness | None) -> Asked:
    last = Cosignature.objects.filter(witness=name).order_by("-size").first()
    at = datetime.fromtimestamp(last.seconds, UTC) if last and last.seconds < END_OF_CALENDAR else None
    problem = str(WitnessProblem(witness.problem).label) if witness and witness.problem else ""
    return Asked(name, last.size if last else 0, at, problem)


@dataclass(frozen=True, slots=True)
class Watched:
    """One log of another desk; `log` is None until it has asked."""

    origin: str
    log: WitnessedLog | None


def cosigned() -> list[Watched]:
    """The logs that this desk was set to cosign, and those that it once did: two faces of one stay on show."""
    rows = {log.origin: log for log in WitnessedLog.objects.order_by("origin")}
    shown = set(witnessed_keys()) | {origin for origin, log in rows.items() if log.contradiction}
    return [Watched(origin, rows.get(origin)) for origin in sorted(shown)]
