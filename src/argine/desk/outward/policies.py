"""The rules of notices to other platforms, as pure functions."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from argine.desk.cases.enums import ENDED, CaseKind
from argine.desk.cases.models import Case
from argine.desk.core.errors import RefusedError
from argine.desk.outward.enums import TRANSITIONS, OutwardState
from argine.desk.outward.models import OutwardNotice

FIRST_WAIT, LONGEST_WAIT = timedelta(days=2), timedelta(days=14)


def next_after(follow_ups: int, now: datetime) -> datetime:
    """When to write again after so many times."""
    doublings: int = min(max(follow_ups - 1, 0), 6)
    return now + min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))


def check_send(case: Case) -> None:
    if case.kind == CaseKind.ORDER or case.state in ENDED:
        raise RefusedError(_("For this case nothing is sent to other platforms."))


def check_follow_up(notice: OutwardNotice) -> None:
    if notice.state != OutwardState.SENT or notice.case.state in ENDED:
        raise RefusedError(_("This notice was answered, or its case has ended."))


def check_answer(notice: OutwardNotice, to: OutwardState) -> None:
    if to not in TRANSITIONS[OutwardState(notice.state)]:
        raise RefusedError(_("This notice was answered, or its case has ended."))
