"""May this person? One table (`enums.GRANTS`), asked in one place."""

from argine.desk.core.errors import ForbiddenError
from argine.desk.people.enums import GRANTS, Permission, Role
from argine.desk.people.models import Staff

REFUSALS: dict[Permission, str] = {
    Permission.SEE_CASES: "Only staff may see cases.",
    Permission.DECIDE: "Only reviewers may decide.",
    Permission.MAKE_DOSSIERS: "Only reviewers may make dossiers.",
    Permission.OVERRIDE: "Only a supervisor may replace a decision.",
    Permission.CONFIRM_ORDERS: "Only a supervisor or operator may confirm an order or change its time.",
    Permission.SEE_LOG: "Only supervisors and operators may see the log.",
    Permission.MANAGE_PEOPLE: "Only an operator may invite or change staff.",
    Permission.MANAGE_KEYS: "Only an operator may make or revoke keys.",
    Permission.MANAGE_RECORDS: "Only supervisors and operators may hold records.",
    Permission.MANAGE_BANKS: "Only supervisors and operators may change banks.",
    Permission.SEE_REPORTS: "Only supervisors and operators may see reports.",
    Permission.MANAGE_OUTGOING: "Only supervisors and operators may see what goes out.",
    Permission.MANAGE_SETTINGS: "Only supervisors and operators may see and change settings.",
    Permission.MANAGE_REPLIES: "Only supervisors and operators may change saved replies.",
    Permission.MANAGE_WAYS_OUT: "Only an operator may say where mail and webhooks go.",
}


def may(person: Staff, permission: Permission) -> bool:
    return person.is_active and permission in GRANTS[Role(person.role)]


def check(person: Staff, permission: Permission) -> None:
    """Raise unless the person may.

    Raises:
        ForbiddenError: with the sentence that the disabled button shows.
    """
    if not may(person, permission):
        raise ForbiddenError(REFUSALS[permission])
