"""The banks in memory: what answers checks. Each process has its own view and follows the change feed.

Before each look-up the process asks the feed for changes it has not seen (one indexed read), so a change committed
anywhere on the machine counts from the very next check on. Large banks come from files that all processes share
(`snapshots`); smaller ones are read from the database.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from threading import Lock
from uuid import UUID

from argine.desk.banks import queries, snapshots
from argine.desk.banks.columns import bound_to, read_columns, read_films, read_patches, readable
from argine.desk.banks.models import Bank, BankEntry, Change, EntrySignal
from argine.desk.banks.set_aside import SetAside
from argine.matching import Bank as MatchedBank
from argine.matching import BankEntry as MatchedEntry
from argine.matching import BankKind, Matcher
from argine.signals.types import Signal

BATCH = 500  # entries asked of the database at a time
TOGETHER = 100  # such batches handed to the matcher at a time: many at once are taken up much faster


@dataclass(slots=True)
class _View:
    """The banks as they were at a change of the feed.

    Attributes:
        matcher: holds them.
        seen: the newest change that it has; 0 at the very beginning.
        files: which files it began with (`snapshots.Opened.made`); 0 where it was read from the database.
    """

    matcher: Matcher = field(default_factory=Matcher)
    seen: int = 0
    files: int = 0


class LiveBanks:
    """One process's banks, brought up to date at each use; beside them, what was decided to stay (`set_aside`)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._view = _View()
        self.set_aside = SetAside()

    def matcher(self) -> Matcher:
        latest = queries.newest_change()
        if latest != self._view.seen:
            with self._lock:
                if self._view.seen == 0 and latest:
                    self._view = _begin(snapshots.newest())
                _follow(self._view, latest)
        return self._view.matcher

    @property
    def is_ready(self) -> bool:
        """Whether this process holds the banks, or there is nothing to hold: a first look-up waits for nothing."""
        return self._view.seen > 0 or queries.newest_change() == 0

    def size(self) -> int:
        """How many entries this process holds."""
        return len(self._view.matcher)

    def renew(self) -> bool:
        """Change over to newer files if there are any, and let go of the old ones; tell whether it was done.

        Checks go on meanwhile.
        """
        opened = snapshots.newest(after=self._view.files)
        if opened is None or self._view.seen == 0:
            return False
        view = _begin(opened)
        _follow(view, queries.newest_change())
        with self._lock:
            _follow(view, queries.newest_change())
            self._view = view
        return True

    def forget(self) -> None:
        """Start over at the next use: for a database that was swapped under the process."""
        with self._lock:
            self._view = _View()
        self.set_aside.forget()


def grown_since(seen: int, latest: int) -> Matcher | None:
    """Give a matcher of only what was added or changed after a change of the feed, up to another.

    None if a bank itself was made or changed meanwhile: then what was there before may match otherwise too.
    """
    if Change.objects.filter(seq__gt=seen, seq__lte=latest, entry_id=None).exists():
        return None
    view = _View(seen=seen)
    _put_banks(view.matcher, Bank.objects.values_list("pk", flat=True))
    _follow(view, latest)
    return view.matcher


def _begin(opened: snapshots.Opened | None) -> _View:
    """Take up everything that there is: from files as far as they go, or from the database."""
    if opened is None:
        seen = queries.newest_change()
        view = _View(Matcher.of(read_columns()), seen)
    else:
        view = _View(opened.matcher, opened.seen, opened.made)
    _put_banks(view.matcher, Bank.objects.values_list("pk", flat=True))
    for sets in read_patches():
        view.matcher.put_patches(sets)
    for films in read_films():
        view.matcher.put_films(films)
    return view


def _follow(view: _View, latest: int) -> None:
    if latest <= view.seen:
        return  # another thread was first
    changes = list(Change.objects.filter(seq__gt=view.seen, seq__lte=latest).values_list("bank_id", "entry_id"))
    _put_banks(view.matcher, {bank for bank, _ in changes})
    entry_ids = list({entry for _, entry in changes if entry is not None})
    for ids in queries.batched(entry_ids, BATCH * TOGETHER):
        found = list(chain.from_iterable(_entries(batch) for batch in queries.batched(ids, BATCH)))
        view.matcher.put_entries(found)
        for entry_id in {str(entry_id) for entry_id in ids} - {entry.id for entry in found}:
            view.matcher.withdraw(entry_id)
    view.seen = latest


def _put_banks(matcher: Matcher, bank_ids: Iterable[str]) -> None:
    for bank in Bank.objects.filter(pk__in=bank_ids):
        film = queries.film_thresholds(bank)
        matcher.put_bank(MatchedBank(bank.id, bank.name, BankKind(bank.kind), bank.pdq_threshold, film))


def _entries(entry_ids: Sequence[UUID]) -> Iterator[MatchedEntry]:
    """Read those that are not withdrawn."""
    found = list(BankEntry.objects.filter(pk__in=entry_ids, withdrawn_at=None).values_list("pk", "bank_id", "region"))
    signals: dict[UUID, list[Signal]] = defaultdict(list)
    for row in EntrySignal.objects.filter(entry_id__in=[entry_id for entry_id, _, _ in found]):
        signals[row.entry_id] += readable(row)
    for entry_id, bank_id, region in found:
        yield MatchedEntry(str(entry_id), bank_id, tuple(signals[entry_id]), bound_to(entry_id, region))


BANKS = LiveBanks()
