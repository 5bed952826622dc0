"""Four eyes: which decisions two people take, and who may vote or decide now."""

from django.conf import settings

from argine.desk.cases import policies
from argine.desk.cases.enums import CaseKind, CaseState, Outcome
from argine.desk.cases.models import Case, Vote

REMOVALS, ALL = "removals", "all"


def of_case(case: Case) -> list[Vote]:
    return list(Vote.objects.filter(case=case).order_by("at"))


def voters(case: Case) -> set[str]:
    return set(Vote.objects.filter(case=case).values_list("by", flat=True))


def is_by_vote(case: Case) -> bool:
    """Whether a reviewer's decision on this case is a vote. An order is its authority's decision."""
    if case.kind == CaseKind.ORDER or case.state == CaseState.DISPUTED:
        return False
    return settings.CONFIG.four_eyes in {REMOVALS, ALL} or case.state == CaseState.HELD


def needs_second(outcome: Outcome) -> bool:
    rule = settings.CONFIG.four_eyes
    return rule == ALL or (rule == REMOVALS and outcome == Outcome.REMOVE)


def check(case: Case, by: str) -> None:
    """Raise unless this person may decide, or vote on, the case now.

    Raises:
        RefusedError: with the sentence that is shown in place of the form.
    """
    if is_by_vote(case):
        policies.check_vote(case, by, voters(case))
    else:
        policies.check_decide(case, by, voters(case))
