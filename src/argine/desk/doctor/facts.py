"""What is looked at: the state of processes, queues, disk, keys, log and clock at one moment."""

import ctypes
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from argine.desk.audit import queries as audit
from argine.desk.audit.models import Entry
from argine.desk.clocks.queries import are_unmarked
from argine.desk.config import Config
from argine.desk.configuration.live import LIVE
from argine.desk.core import hashing, keys, time
from argine.desk.core.queries import clock_set_lately, late_processes
from argine.desk.jobs.models import Job
from argine.desk.notify import queries as notify
from argine.desk.notify import ways
from argine.desk.people.breaches import BreachList, BreachListError
from argine.desk.people.queries import ending_keys

NEEDED_KEYS = (keys.SESSIONS, keys.FIELDS, keys.CODES, keys.LOG)
# Whoever makes backups touches this file in the data folder after each: nothing else tells the desk of them.
BACKUP_MARK = "last-backup"
KEY_WARNING = timedelta(days=14)
CLOCK_SET_LATELY = timedelta(minutes=15)
OTHERS = stat.S_IRWXG | stat.S_IRWXO
# The kernel's own answer to "is my clock kept right?" (adjtimex(2)): 5 says that nobody keeps it.
NOT_KEPT, TIMEX_BYTES = 5, 512


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules judge.

    Attributes:
        late: processes that gave no sign of life lately.
        failing_jobs: kinds of regular work that failed last time.
        mail_problem: what is wrong with mail, with what to do; empty while it works or is off.
        webhook_problems: by host, the same.
        can_write: the data folder can be written to, as far as the system says.
        clock_was_set: a process has just seen that the machine's clock was set.
        disk_free: of the disk with the data folder, as a fraction; `disk_free_mib` the same in MiB.
        open_files: key files, and the folder itself as `.`, that others of this machine may read.
        unwrapped_keys: key files that lie open although a program to wrap them is set.
        signed_at: when the log's newest head was signed.
        continues: the log goes on from the head that lies beside the database; None while none lies there.
        is_published: that head is the newest one.
        newest_entry: when the log's newest entry was written.
        is_clock_kept: something keeps this machine's clock right; None where that cannot be told.
        backup_at: when the last backup was made; None if nothing tells.
        is_open_address: people outside reach the desk, and not by https.
        without_second_factor: people outside reach the desk, and staff need no second factor.
        ending_keys: platform keys whose last day comes within two weeks or has come, each with that day.
        breaches_problem: why the list of passwords from breaches cannot be used.
        without_breaches: people outside reach the desk, and no such list is set.
        settings_problem: why what was set in the console cannot be taken.
    """

    now: datetime
    late: frozenset[str] = frozenset()
    sends_anything: bool = False
    sends_mail: bool = False
    overdue_unmarked: bool = False
    failing_jobs: tuple[str, ...] = ()
    mail_problem: str = ""
    webhook_problems: tuple[tuple[str, str], ...] = ()
    stuck: int = 0
    can_write: bool = True
    clock_was_set: bool = False
    disk_free: float = 1.0
    disk_free_mib: int = 1 << 20
    missing_keys: tuple[str, ...] = ()
    open_files: tuple[str, ...] = ()
    unwrapped_keys: tuple[str, ...] = ()
    signed_at: datetime | None = None
    continues: bool | None = True
    is_published: bool = True
    newest_entry: datetime | None = None
    sandbox: str = "full"
    is_clock_kept: bool | None = True
    backup_at: datetime | None = None
    is_open_address: bool = False
    without_second_factor: bool = False
    ending_keys: tuple[tuple[str, date], ...] = ()
    breaches_problem: str = ""
    without_breaches: bool = False
    settings_problem: str = ""


def _written(config: Config) -> list[Path]:
    """What the desk writes on this machine; a database on a server is none of it."""
    return [config.data] if config.database_url else [config.data, config.database]


def gather() -> Facts:
    """Look at everything now. It takes some milliseconds, and changes nothing."""
    now, config = time.now(), settings.CONFIG
    disk, head, published = shutil.disk_usage(config.data), audit.latest_checkpoint(), audit.published_head()
    newest = Entry.objects.order_by("-index").values_list("at", flat=True).first()
    webhooks = ways.webhook_ways().ways
    LIVE.refresh()
    return Facts(
        now=now,
        late=frozenset(late_processes(now, ("ticker", "worker", "courier"))),
        sends_anything=config.sends_anything,
        sends_mail=config.sends_mail,
        overdue_unmarked=are_unmarked(now),
        failing_jobs=tuple(Job.objects.exclude(last_error="").order_by("kind").values_list("kind", flat=True)),
        mail_problem=ways.mail_way().problem if config.sends_mail else "",
        webhook_problems=tuple((way.name, way.problem) for way in webhooks if way.problem),
        stuck=notify.count_need_somebody(),
        can_write=all(os.access(place, os.W_OK) for place in _written(config)),
        clock_was_set=clock_set_lately(now, CLOCK_SET_LATELY),
        disk_free=disk.free / disk.total,
        disk_free_mib=disk.free >> 20,
        missing_keys=tuple(name for name in NEEDED_KEYS if not (settings.KEYS / name).exists()),
        open_files=tuple(open_files(settings.KEYS)),
        unwrapped_keys=tuple(keys.lie_open(settings.KEYS)) if settings.CONFIG.key_wrap_command else (),
        signed_at=time.parse_iso(head.at) if head else None,
        continues=None if published is None else audit.continues(published),
        is_published=head is None or published == head.note,
        newest_entry=time.parse_iso(newest) if newest else None,
        sandbox=hashing.found_level(),
        is_clock_kept=is_clock_kept(),
        backup_at=changed_at(config.data / BACKUP_MARK),
        is_open_address=not config.local_only and not is_sealed(config.base_url),
        without_second_factor=not config.local_only and not config.mfa_required,
        ending_keys=tuple((key.name, key.ends_on) for key in ending_keys((now + KEY_WARNING).date()) if key.ends_on),
        breaches_problem=breaches_problem(config),
        without_breaches=not config.local_only and not config.breached_passwords_file,
        settings_problem=LIVE.problem,
    )


def is_sealed(address: str) -> bool:
    """Whether nobody on the way can read: https, or an onion service, which is sealed by itself."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.hostname or "").endswith(".onion")


def breaches_problem(config: Config) -> str:
    if config.breached_passwords_file:
        try:
            BreachList(Path(config.breached_passwords_file)).check()
        except BreachListError as error:
            return str(error)
    return ""


def open_files(folder: Path) -> Iterator[str]:
    """The files of a folder, and itself as `.`, that others than their owner may read or write."""
    places: Sequence[Path] = [folder, *sorted(folder.iterdir())] if folder.is_dir() else []
    for place in places:
        if place.stat().st_mode & OTHERS:
            yield "." if place == folder else place.name


def changed_at(path: Path) -> datetime | None:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=path.stat().st_mtime)
    except OSError:
        return None


def is_clock_kept() -> bool | None:
    """Ask the kernel whether something keeps the clock right; None where it cannot be asked."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != NOT_KEPT
