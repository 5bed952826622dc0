"""May these settings be set like this? Each `check_` raises the sentence that its page shows."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from argine.desk.config import Config, variable
from argine.desk.configuration.enums import SETTABLE
from argine.desk.core.errors import RefusedError
from argine.law import rules
from argine.law.errors import RegimeError


def check_settable(names: Iterable[str], given: Collection[str]) -> None:
    """Refuse what is not for the console, and what the environment says (`given`)."""
    for name in names:
        if name not in SETTABLE:
            raise RefusedError(_("%(name)s is set where the desk is started, not here.") % {"name": variable(name)})
        if name in given:
            raise RefusedError(
                _("%(name)s is set in the environment, which comes first. Change it there and start the desk again.")
                % {"name": variable(name)}
            )


def check_laws(config: Config) -> None:
    """Refuse laws that are unknown, and those that nobody has checked unless they were accepted by name."""
    try:
        rules.switched_on(config.regimes, frozenset(config.accept_unverified))
    except RegimeError as error:
        raise RefusedError(str(error)) from None
