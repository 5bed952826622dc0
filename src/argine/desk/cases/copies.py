"""Open cases that report exactly what another case has decided on: the same file, or the same look bit for bit."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from argine.desk.banks.models import BankEntry
from argine.desk.banks.operations import REMOVED
from argine.desk.cases import policies, votes
from argine.desk.cases.enums import DECIDABLE, CaseKind, Ground, Outcome, Shared
from argine.desk.cases.models import Address, Case, Decision, Relation
from argine.desk.core.actor import Actor
from argine.desk.core.errors import RefusedError

# Grounds that say something of the picture. The others say something of who reported, or of a place.
OF_THE_PICTURE = frozenset(
    {
        Ground.INTIMATE_WITHOUT_CONSENT,
        Ground.DEEPFAKE_WITHOUT_CONSENT,
        Ground.TERMS,
        Ground.NOT_INTIMATE,
        Ground.CONSENT_SHOWN,
    }
)
EXACT = Q(is_sure=True) & (Q(shared=Shared.FILE) | Q(shared=Shared.LOOK, distance=0))
MOST = 200


@dataclass(frozen=True, slots=True)
class Copy:
    """What of an open case decides whether it may be decided like another.

    Attributes:
        pictures: its bank entries that are not erased; `exact` those that are exact copies of decided ones.
        unseen_addresses: how many addresses it names that the decided case does not.
    """

    case: Case
    pictures: frozenset[UUID]
    exact: frozenset[UUID]
    unseen_addresses: int = 0


def of_decision(decision: Decision, which: Q) -> list[Copy]:
    """The open cases, of these, that share an exact copy with what was decided; the oldest first."""
    exact = _exact(decision.case, _decided_on(decision))
    open_ones = Case.objects.filter(which, pk__in=exact, state__in=DECIDABLE).order_by("opened_at")[:MOST]
    known = {bytes(digest) for digest in Address.objects.filter(case=decision.case).values_list("digest", flat=True)}
    return [_copy(case, exact[case.pk], known) for case in open_ones]


def _copy(case: Case, exact: set[UUID], known: Collection[bytes]) -> Copy:
    pictures = BankEntry.objects.filter(case_id=case.pk, withdrawn_at=None).values_list("pk", flat=True)
    addresses = Address.objects.filter(case=case).values_list("digest", flat=True)
    unseen = sum(bytes(digest) not in known for digest in addresses)
    return Copy(case, frozenset(pictures), frozenset(exact), unseen)


def _decided_on(decision: Decision) -> frozenset[UUID]:
    """The pictures that the decision covers: of a removal those that block, else all."""
    mine = BankEntry.objects.filter(case_id=decision.case_id)
    if decision.outcome == Outcome.REMOVE:
        mine = mine.filter(withdrawn_at=None, bank_id=REMOVED)
    return frozenset(mine.values_list("pk", flat=True))


def _exact(case: Case, entries: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """By case: its pictures that are exact copies of these."""
    wanted, found = set(entries), dict[UUID, set[UUID]]()
    for row in Relation.objects.filter(EXACT).filter(Q(case=case) | Q(other=case)):
        is_first = row.case_id == case.id
        mine, theirs = (row.entry_id, row.other_entry_id) if is_first else (row.other_entry_id, row.entry_id)
        if mine in wanted and theirs is not None:
            found.setdefault(row.other_id if is_first else row.case_id, set()).add(theirs)
    return found


def check(copy: Copy, decision: Decision, by: Actor) -> None:
    """Raise unless this case may be decided like that one, with nobody having looked at it.

    Raises:
        RefusedError: with the sentence that stands beside its box.
    """
    if CaseKind.ORDER in {copy.case.kind, decision.case.kind}:
        raise RefusedError(_("An order is carried out for itself."))
    if decision.ground not in OF_THE_PICTURE:
        raise RefusedError(_("The ground says nothing of the picture: it fits that one case."))
    policies.check_decide(copy.case, by, votes.voters(copy.case))
    if copy.case.state not in DECIDABLE:
        raise RefusedError(_("This case was decided already, or withdrawn."))
    if votes.is_by_vote(copy.case) and votes.needs_second(Outcome(decision.outcome)):
        raise RefusedError(_("Two people decide this one: vote on its own page."))
    if not copy.pictures or copy.pictures - copy.exact:
        raise RefusedError(_("It has other pictures too: look at it on its own page."))
    if copy.unseen_addresses:
        raise RefusedError(_("It names addresses that nobody has looked at: look at it on its own page."))
