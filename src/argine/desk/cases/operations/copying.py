"""Deciding cases like another one that reported exactly the same picture."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from argine.desk.audit.operations import sign_head_now
from argine.desk.cases import copies, queries
from argine.desk.cases.copies import Copy
from argine.desk.cases.models import Case, Decision
from argine.desk.cases.operations import decisions, steps
from argine.desk.core.actor import Actor
from argine.desk.core.errors import RefusedError


@dataclass(slots=True)
class Copied:
    """The cases that were decided, and the numbers of those that were not, each with the sentence that says why."""

    done: list[Case] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def decide_copies(decision: Decision, chosen: Collection[UUID], *, by: Actor, which: Q) -> Copied:
    """Decide the chosen ones, of these, like another case. Each stands or falls by itself, with its own log entry.

    The decision of each names the one that it follows. What changed since a page was shown is judged again.

    Raises:
        RefusedError: the decision was replaced meanwhile.
    """
    if not queries.is_current(decision):
        raise RefusedError("This decision was replaced meanwhile. Look at the one that stands.")
    copied = Copied()
    for copy in copies.of_decision(decision, which):
        if copy.case.pk in chosen:
            _decide(copy, decision, copied, by=by)
    sign_head_now()
    return copied


def _decide(copy: Copy, decision: Decision, copied: Copied, *, by: Actor) -> None:
    try:
        with transaction.atomic():
            steps.hold(copy.case)
            copies.check(copy, decision, by)
            decisions.carry_over(decision, copy.case, by=by)
        copied.done.append(copy.case)
    except RefusedError as error:
        copied.refused[copy.case.number] = str(error)
