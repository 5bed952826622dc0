"""What is found out when somebody asks for the metrics: the state of queues, clocks, banks, log and disk."""

import contextlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from argine import __version__
from argine.desk.audit import queries as audit
from argine.desk.banks.live import BANKS
from argine.desk.core import hashing, time
from argine.desk.doctor.checks import Level, all_checks
from argine.desk.doctor.facts import gather
from argine.desk.monitoring import queries
from argine.desk.monitoring.queries import Values

LEVELS = ("full", "partial", "process", "none", "refused")


@dataclass(frozen=True, slots=True)
class Gauge:
    """One metric that is read when it is asked for."""

    name: str
    help: str
    read: Callable[[datetime], Values]
    labels: Sequence[str] = ()


def _info(_now: datetime) -> Values:
    yield (__version__, settings.CONFIG.desk_kind), 1


def _entries(_now: datetime) -> Values:
    yield (), BANKS.size()


def _sandbox(_now: datetime) -> Values:
    level = hashing.found_level()
    return (((word,), float(word == level)) for word in LEVELS)


def _log_size(_now: datetime) -> Values:
    yield (), audit.size()


def _signed(now: datetime) -> Values:
    head = audit.latest_checkpoint()
    if head is not None:
        yield (), queries.age(now, time.parse_iso(head.at))


def _disk(_now: datetime) -> Values:
    yield (), shutil.disk_usage(settings.CONFIG.data).free


def _database(_now: datetime) -> Values:
    """Those of the folder: a database on a server is watched there."""
    file = settings.CONFIG.database
    for path in (file, file.with_name(f"{file.name}-wal")):
        with contextlib.suppress(FileNotFoundError):
            yield (path.name,), path.stat().st_size


def _health(_now: datetime) -> Values:
    found = [check.level for check in all_checks(gather())]
    return (((level.value,), float(found.count(level))) for level in Level)


GAUGES = (
    Gauge(
        "argine_info", "Always 1; the labels say which version runs, as what kind of desk.", _info, ("version", "kind")
    ),
    Gauge("argine_cases", "Cases, by state.", queries.cases, ("state",)),
    Gauge("argine_clocks", "Legal clocks, by state and kind.", queries.clocks, ("state", "kind")),
    Gauge(
        "argine_clocks_open",
        "Clocks that wait for an answer, running or missed, by state and kind.",
        queries.clocks_open,
        ("state", "kind"),
    ),
    Gauge(
        "argine_clock_next_due_seconds",
        "Seconds until the next running clock is due, by kind; below zero if it is overdue and nobody has marked it.",
        queries.next_due,
        ("kind",),
    ),
    Gauge("argine_jobs", "Regular jobs that are due, and that failed last time.", queries.jobs, ("state",)),
    Gauge("argine_job_age_seconds", "Seconds that the longest waiting job has been due.", queries.job_age),
    Gauge("argine_messages", "Outgoing messages, by channel and state.", queries.messages, ("channel", "state")),
    Gauge(
        "argine_message_age_seconds",
        "Seconds that the oldest waiting message has waited, by channel.",
        queries.message_age,
        ("channel",),
    ),
    Gauge(
        "argine_sign_of_life_age_seconds",
        "Seconds since a background process said that it works; each says so at least every half minute.",
        queries.signs_of_life,
        ("process",),
    ),
    Gauge("argine_bank_entries", "Bank entries in the index of the process that answers.", _entries),
    Gauge("argine_sandbox", "1 for how far the decoder is confined, 0 for the other levels.", _sandbox, ("level",)),
    Gauge("argine_log_entries", "Entries of the log.", _log_size),
    Gauge("argine_log_signed_age_seconds", "Seconds since the log's newest head was signed.", _signed),
    Gauge("argine_disk_free_bytes", "Free bytes of the disk that holds the data folder.", _disk),
    Gauge("argine_database_bytes", "Bytes of the database's files.", _database, ("file",)),
    Gauge("argine_health", "What `argine doctor` finds: how many things, by level.", _health, ("level",)),
)
UNREADABLE = Gauge(
    "argine_unreadable",
    "How many of these metrics could not be read, because the database does not answer.",
    lambda _now: [((), 0.0)],
)


class Live(Collector):
    """Reads the gauges one by one: where the database does not answer, the others are told all the same."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        now, missing = time.now(), 0
        for gauge in GAUGES:
            try:
                values = list(gauge.read(now))
            except (DatabaseError, OSError):
                missing += 1
                continue
            yield _family(gauge, values)
        yield _family(UNREADABLE, [((), float(missing))])


def _family(gauge: Gauge, values: Values) -> GaugeMetricFamily:
    family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
    for words, value in values:
        family.add_metric(list(words), value)
    return family
