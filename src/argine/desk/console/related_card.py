"""Cases that share a picture or an address with one: which, why, and what can be done about it."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from argine.desk.banks.queries import entries_of_case
from argine.desk.cases import policies, related
from argine.desk.cases.enums import Shared
from argine.desk.cases.models import Case, Relation
from argine.desk.cases.permissions import may_see, seen_by
from argine.desk.console.access import refusal
from argine.desk.console.queue import Badge, state_badge
from argine.desk.people.models import Staff


@dataclass(frozen=True, slots=True)
class RelatedLine:
    """One other case. `cannot_merge` says why this case cannot follow it; empty if it can."""

    id: UUID
    number: int
    state: Badge
    why: list[str]
    cannot_merge: str


@dataclass(frozen=True, slots=True)
class CaseLink:
    id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class RelatedCard:
    lines: list[RelatedLine]
    leading: CaseLink | None
    followers: list[CaseLink]


def of(case: Case, person: Staff) -> RelatedCard | None:
    """None where there is nothing that the person may see."""
    rows = [row for row in related.relations_of(case) if _may_see(person, row.case) and _may_see(person, row.other)]
    followers = [CaseLink(one.id, one.number) for one in case.followers.filter(seen_by(person)).order_by("number")]
    has_leading = case.leading is not None and _may_see(person, case.leading)
    leading = CaseLink(case.leading.id, case.leading.number) if case.leading and has_leading else None
    if not rows and not followers and leading is None:
        return None
    positions = {entry.id: position for position, entry in enumerate(entries_of_case(case.id), start=1)}
    by_case: dict[UUID, list[Relation]] = {}
    for row in rows:
        by_case.setdefault(row.other_id if row.case_id == case.id else row.case_id, []).append(row)
    found = [_line(case, same, positions, has_followers=bool(followers)) for same in by_case.values()]
    return RelatedCard(found, leading, followers)


def _may_see(person: Staff, case: Case) -> bool:
    return may_see(person, sensitive=case.sensitive)


def _line(case: Case, rows: list[Relation], positions: dict[UUID, int], *, has_followers: bool) -> RelatedLine:
    other = rows[0].other if rows[0].case_id == case.id else rows[0].case
    check = partial(policies.check_merge, case, other, are_related=True, has_followers=has_followers)
    why = [_why(row, _position(case, row, positions)) for row in rows]
    return RelatedLine(other.id, other.number, state_badge(other), list(dict.fromkeys(why)), refusal(check))


def _position(case: Case, row: Relation, positions: dict[UUID, int]) -> int | None:
    mine = row.entry_id if row.case_id == case.id else row.other_entry_id
    return None if mine is None else positions.get(mine)


def _why(row: Relation, picture: int | None) -> str:
    text = str(Shared(row.shared).label)
    if picture is not None:
        text = _("Picture %(number)d: %(what)s") % {"number": picture, "what": text}
    if row.threshold:
        near = _("distance %(distance)d, at most %(threshold)d")
        text = f"{text} ({near % {'distance': row.distance, 'threshold': row.threshold}})"
    return text if row.is_sure else f"{text} · {_('not sure')}"
