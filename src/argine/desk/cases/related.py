"""Which other cases share a picture or an address with one, and which are decided together with it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from argine.desk.banks.live import BANKS
from argine.desk.banks.models import BankEntry
from argine.desk.banks.queries import SEALED_TYPES, entries_of_case, signal_of
from argine.desk.cases.enums import ENDED, Shared
from argine.desk.cases.models import Address, Case, Decision, Relation
from argine.signals.patch.strength import Strength
from argine.signals.types import Signal, SignalType

SHARED = {SignalType.PDQ: Shared.LOOK, SignalType.PATCH: Shared.PARTS, SignalType.VIDEO: Shared.LOOK}


@dataclass(frozen=True, slots=True)
class Found:
    """What a case shares with another one."""

    other: UUID
    shared: Shared
    entry: UUID | None = None
    other_entry: UUID | None = None
    distance: int = 0
    threshold: int = 0
    is_sure: bool = True


def find(case: Case) -> list[Found]:
    """Compare a case with all others that have not ended.

    Not to be asked within a transaction that changed a bank: the banks in memory would learn what may be undone.
    """
    found = [*_by_address(case)]
    for entry in entries_of_case(case.id):
        signals = [signal_of(row) for row in entry.signals.all()]
        if signals:
            found += [*_among_live(entry, signals), *_among_set_aside(entry.id, signals)]
    ended = set(Case.objects.filter(pk__in={one.other for one in found}, state__in=ENDED).values_list("pk", flat=True))
    return [one for one in found if one.other != case.id and one.other not in ended]


def _by_address(case: Case) -> Iterator[Found]:
    mine = [bytes(digest) for digest in case.addresses.values_list("digest", flat=True) if digest]
    others = Address.objects.filter(digest__in=mine).exclude(case=case).values_list("case_id", flat=True).distinct()
    return (Found(other, Shared.ADDRESS) for other in others)


def _among_live(entry: BankEntry, signals: list[Signal]) -> Iterator[Found]:
    """Of a picture of which only a part is unlawful, a look alone proves nothing: its lawful source is as near."""
    matches = BANKS.matcher().match(signals)
    cases = _cases_of({UUID(match.entry) for match in matches})
    for match in matches:
        other = cases.get(UUID(match.entry))
        if other is not None:
            shared = SHARED.get(match.signal_type, Shared.FILE)
            is_sure = match.strength is Strength.BLOCK and (shared == Shared.FILE or entry.region is None)
            yield Found(other, shared, entry.id, UUID(match.entry), match.distance, match.threshold, is_sure)


def _cases_of(entries: Collection[UUID]) -> dict[UUID, UUID]:
    rows = BankEntry.objects.filter(pk__in=entries, case_id__isnull=False).values_list("pk", "case_id")
    return {pk: case_id for pk, case_id in rows if case_id is not None}


def _among_set_aside(entry: UUID, signals: list[Signal]) -> Iterator[Found]:
    """Pictures that were decided to stay left the banks; their hashes are kept while that can be appealed."""
    matches = BANKS.set_aside.match([one for one in signals if one.type not in SEALED_TYPES])
    cases = _cases_of({UUID(match.entry) for match in matches})
    for match in matches:
        other = cases.get(UUID(match.entry))
        if other is not None:
            shared = SHARED.get(match.signal_type, Shared.FILE)
            yield Found(other, shared, entry, UUID(match.entry), match.distance, match.threshold)


def relations_of(case: Case) -> list[Relation]:
    """What the case shares with others that have not ended, whichever of the two came first."""
    found = Relation.objects.filter(Q(case=case) | Q(other=case)).select_related("case", "other")
    rows = found.exclude(case__state__in=ENDED).exclude(other__state__in=ENDED)
    return sorted(rows, key=lambda row: (not row.is_sure, row.distance, str(row.found_at)))


def are_related(case: Case, other: Case) -> bool:
    return Relation.objects.filter(Q(case=case, other=other) | Q(case=other, other=case)).exists()


def with_relations(case_ids: Collection[UUID], which: Q) -> set[UUID]:
    """Those of the cases that share something, by one of these relations, with another one."""
    rows = Relation.objects.filter(which).filter(Q(case_id__in=case_ids) | Q(other_id__in=case_ids))
    return {case_id for pair in rows.values_list("case_id", "other_id") for case_id in pair}


def decided_with(case: Case) -> list[Case]:
    """The other cases that what is decided on this one applies to: those that follow it, or that it follows."""
    leading = case.leading_id or case.id
    found = Case.objects.filter(Q(pk=leading) | Q(leading=leading)).exclude(pk=case.pk).exclude(state__in=ENDED)
    return list(found.order_by("number"))


def same_entries(case: Case, other: Case, entries: Collection[UUID]) -> frozenset[UUID]:
    """The bank entries of `other` that surely show what these entries of `case` show."""
    rows = Relation.objects.filter(
        Q(case=case, other=other, entry_id__in=entries) | Q(case=other, other=case, other_entry_id__in=entries),
        is_sure=True,
    )
    found = {row.other_entry_id if row.case_id == case.id else row.entry_id for row in rows}
    return frozenset(entry for entry in found if entry is not None)


def twins(decision: Decision) -> list[Decision]:
    """The decisions that stand on the cases that are decided together with this one's, and say the same."""
    found = []
    for case in decided_with(decision.case):
        current = case.decisions.order_by("-seq").first()
        if current is not None and current.outcome == decision.outcome:
            current.case = case
            found.append(current)
    return found
