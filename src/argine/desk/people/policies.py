"""Does the state of the desk permit it? Each `check_` raises the sentence that its disabled button shows."""

from django.utils.translation import gettext as _

from argine.desk.core.errors import RefusedError
from argine.desk.people.enums import Role
from argine.desk.people.models import Staff


def check_operator_remains(person: Staff, operators: int) -> None:
    """Refuse to take the last operator away; `operators` counts those that are active now."""
    if person.is_active and person.role == Role.OPERATOR and operators <= 1:
        raise RefusedError(_("This is the last operator. Make somebody else an operator first."))


def check_somebody_sees(person: Staff, seeing: int) -> None:
    """Refuse to take away the last one who sees sensitive cases; `seeing` counts those that are active now.

    Also while there is no such case: somebody may mark one at any moment.
    """
    if person.is_active and person.sees_sensitive and seeing <= 1:
        raise RefusedError(_("Nobody else sees sensitive cases. Let somebody else see them first."))
