"""May this person? One table (`enums.GRANTS`), asked in one place."""

from django.utils.translation import gettext_lazy

from argine.desk.core.errors import ForbiddenError
from argine.desk.people.enums import GRANTS, Permission, Role
from argine.desk.people.models import Staff

REFUSALS: dict[Permission, object] = {
    Permission.SEE_CASES: gettext_lazy("Only staff may see cases."),
    Permission.DECIDE: gettext_lazy("Only reviewers may decide."),
    Permission.MAKE_DOSSIERS: gettext_lazy("Only reviewers may make dossiers."),
    Permission.OVERRIDE: gettext_lazy("Only a supervisor may replace a decision."),
    Permission.CONFIRM_ORDERS: gettext_lazy("Only a supervisor or operator may confirm an order or change its time."),
    Permission.SEE_LOG: gettext_lazy("Only supervisors and operators may see the log."),
    Permission.MANAGE_PEOPLE: gettext_lazy("Only an operator may invite or change staff."),
    Permission.MANAGE_KEYS: gettext_lazy("Only an operator may make or revoke keys."),
    Permission.MANAGE_RECORDS: gettext_lazy("Only supervisors and operators may hold records."),
    Permission.MANAGE_BANKS: gettext_lazy("Only supervisors and operators may change banks."),
    Permission.SEE_REPORTS: gettext_lazy("Only supervisors and operators may see reports."),
    Permission.MANAGE_OUTGOING: gettext_lazy("Only supervisors and operators may see what goes out."),
    Permission.MANAGE_SETTINGS: gettext_lazy("Only supervisors and operators may see and change settings."),
    Permission.MANAGE_REPLIES: gettext_lazy("Only supervisors and operators may change saved replies."),
    Permission.MANAGE_WAYS_OUT: gettext_lazy("Only an operator may say where mail and webhooks go."),
}


def may(person: Staff, permission: Permission) -> bool:
    return person.is_active and permission in GRANTS[Role(person.role)]


def check(person: Staff, permission: Permission) -> None:
    """Raise unless the person may.

    Raises:
        ForbiddenError: with the sentence that the disabled button shows.
    """
    if not may(person, permission):
        raise ForbiddenError(str(REFUSALS[permission]))
