"""Look-ups by the live matcher, told as HMA tells them: banks by name, contents by number, distances as text.

A look-up is an upload check: one that matches leaves a sighting and a log entry, as any check does. A sure match with
known lawful content overrules every other, also where a tool that knows no such banks asks.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from argine.desk.banks.live import BANKS
from argine.desk.banks.operations import check_upload
from argine.desk.core.actor import Actor
from argine.desk.hma import kinds, queries
from argine.desk.hma.policies import Shown
from argine.matching import AS_IT_IS, BankKind, Match
from argine.matching.verdict import Verdict
from argine.signals.hasher import HashedFile
from argine.signals.patch.strength import Strength
from argine.signals.types import Signal, SignalType

Told = dict[str, list[dict[str, object]]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which banks to ask, and on whose behalf."""

    banks: frozenset[str]
    shown: Sequence[Shown]
    by: Actor


def look_up(hashed: HashedFile, names: Iterable[str], wanted: Wanted) -> dict[str, Told]:
    """What was found, by name of signal type; each asked for is there, empty if nothing matched."""
    matches = _matches(hashed, wanted)
    numbers = queries.numbers({UUID(match.entry) for match in matches})
    by_name: dict[str, list[Match]] = {name: [] for name in sorted(names)}
    for match in matches:
        by_name.setdefault(_name(match), []).append(match)
    return {name: _told(found, wanted.shown, numbers) for name, found in by_name.items() if name in names}


def _matches(hashed: HashedFile, wanted: Wanted) -> list[Match]:
    negative = frozenset(bank.id for bank in wanted.shown if bank.kind is BankKind.NEGATIVE)
    checked = check_upload(hashed, by=wanted.by, banks=wanted.banks | negative)
    vetoed = checked.verdict is Verdict.ALLOW
    return [
        match
        for match in checked.matches
        if match.bank in wanted.banks and (not vetoed or match.bank_kind is BankKind.NEGATIVE)
    ]


def _name(match: Match) -> str:
    """A match of the picture as it is goes by its type; one that an edit hides from HMA, by a name of its own."""
    as_it_is = match.found == AS_IT_IS or (match.signal_type is SignalType.PDQ and match.strength is Strength.BLOCK)
    return kinds.NAMES.get(match.signal_type, kinds.EDITED) if as_it_is else kinds.EDITED


def _told(matches: Iterable[Match], banks: Sequence[Shown], numbers: Mapping[UUID, int]) -> Told:
    names = {bank.id: bank.name for bank in banks}
    found: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for match in matches:
        number = numbers.get(UUID(match.entry))
        if number is not None:  # erased in this moment
            found[names[match.bank]].append({"bank_content_id": number, "distance": str(match.distance)})
    return dict(found)


def raw(signal: Signal, banks: frozenset[str]) -> list[dict[str, object]]:
    """The contents that match, with their distances; leaves no trace."""
    matches = BANKS.matcher().match([signal], banks)
    numbers = queries.numbers({UUID(match.entry) for match in matches})
    return [
        {"bank_content_id": numbers[UUID(match.entry)], "distance": str(match.distance)}
        for match in matches
        if UUID(match.entry) in numbers
    ]
