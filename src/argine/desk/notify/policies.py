"""The rules of sending, as pure functions."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from argine.desk.cases.enums import Mail
from argine.desk.core.errors import RefusedError
from argine.desk.notify.enums import LETTERS, NEED_SOMEBODY, TRANSITIONS, Kind, MessageState, Problem
from argine.desk.notify.models import Outgoing

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=2)
# RFC 5321, section 4.5.4.1: at least four or five days.
TRY_FOR = timedelta(days=5)
# What another try does not change: a person has to look.
FINAL = frozenset({Problem.RECIPIENT, Problem.CONTENT, Problem.COMPOSING})
# The way out itself fails: everything that takes it waits.
OF_THE_ROUTE = frozenset({Problem.UNREACHABLE, Problem.INSECURE, Problem.LOGIN, Problem.SENDER,
                          Problem.PRIVATE, Problem.REDIRECTED, Problem.NO})  # fmt: skip


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row."""
    doublings: int = min(max(failures - 1, 0), 12)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))


def after_failure(problem: Problem, now: datetime, expires_at: datetime) -> MessageState:
    """What becomes of a message that was certainly not taken."""
    return MessageState.DEAD if problem in FINAL or now >= expires_at else MessageState.WAITING


def is_wanted(kind: Kind, choice: Mail) -> bool:
    """Whether a letter is still wanted; what is not for a reporter always is."""
    return kind not in LETTERS or choice != Mail.NONE


def check_move(message: Outgoing, to: MessageState) -> None:
    if to not in TRANSITIONS[MessageState(message.state)]:
        raise RefusedError(_("This message was sent meanwhile, or taken care of."))


def check_retry(message: Outgoing) -> None:
    if message.state not in NEED_SOMEBODY or not message.body:
        raise RefusedError(_("This message was sent meanwhile, or taken care of."))
