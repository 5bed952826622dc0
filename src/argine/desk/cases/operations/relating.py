"""Finding related cases, letting a duplicate follow another case, and splitting it again."""

import logging

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.cases import policies, queries, related
from argine.desk.cases.models import Case, Relation
from argine.desk.cases.operations import decisions, steps
from argine.desk.core import time
from argine.desk.core.actor import Actor

logger = logging.getLogger(__name__)


def relate(case: Case) -> int:
    """Write down what a case shares with others; tell how much was new. Doing it again adds nothing."""
    found = related.find(case)
    with transaction.atomic():
        known = {
            (row.other_id, row.shared, row.entry_id, row.other_entry_id) for row in Relation.objects.filter(case=case)
        }
        new = {(one.other, one.shared, one.entry, one.other_entry): one for one in found}
        moment = time.now()
        rows = [
            Relation(
                case=case, other_id=one.other, shared=one.shared, entry_id=one.entry, other_entry_id=one.other_entry,
                distance=one.distance, threshold=one.threshold, is_sure=one.is_sure, found_at=moment,
            )
            for key, one in new.items()
            if key not in known
        ]  # fmt: skip
        Relation.objects.bulk_create(rows)
    return len(rows)


def relate_now(case: Case) -> None:
    """Look for related cases after a notice came. Whatever ails it, the person who reported must see the case code."""
    try:
        relate(case)
    except Exception:
        logger.exception("Cases related to a new one could not be looked for")


def merge(case: Case, leading: Case, *, by: Actor) -> None:
    """Let a duplicate follow another case: what is decided there applies here too, and one action answers both.

    Both persons keep their code, receipt and page, and neither learns of the other. The clocks of both run on. A
    removal that stands already is carried over at once, to the pictures that surely agree.

    Raises:
        RefusedError: they share nothing, or one of them is in no state for it.
    """
    with transaction.atomic():
        for one in sorted((case, leading), key=lambda one: one.number):
            steps.hold(one)
        policies.check_merge(
            case, leading, are_related=related.are_related(case, leading), has_followers=case.followers.exists()
        )
        case.leading = leading
        case.save(update_fields=["leading"])
        append(Event.CASE_MERGED, f"case:{case.id}", by=by, data={"leading": str(leading.id)})
        standing = queries.current_decision(leading)
        if standing is not None:
            decisions.carry_over(standing, case, by=by)
    sign_head_now()


def split(case: Case, *, by: Actor) -> None:
    """Let a case go on by itself again. What was decided meanwhile stands until somebody replaces it.

    Raises:
        RefusedError: it follows no other.
    """
    with transaction.atomic():
        steps.hold(case)
        policies.check_split(case)
        steps.let_go([case], by=by)
    sign_head_now()
