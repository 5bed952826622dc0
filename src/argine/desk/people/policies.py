"""Does the state of the desk permit it? Each `check_` raises the sentence that its disabled button shows."""

from datetime import date

from django.utils.translation import gettext as _

from argine.desk.core.errors import InvalidError, RefusedError
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


def check_look(looks: int, most: int) -> None:
    """Refuse a look beyond what one person bears on one day; `looks` counts those of today."""
    if looks >= most:
        raise RefusedError(
            _("You have looked at %(count)d copies today: that is enough for one day. A colleague can go on.")
            % {"count": looks}
        )


def is_over(last_day: date | None, today: date) -> bool:
    """Whether a key with such a last day opens nothing any more."""
    return last_day is not None and last_day < today


def check_last_day(last_day: date | None, today: date) -> None:
    """Refuse to make a key that is over already."""
    if is_over(last_day, today):
        raise InvalidError(_("That day is over: such a key would open nothing."))
