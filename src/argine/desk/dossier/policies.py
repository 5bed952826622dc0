from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from argine.desk.cases import queries, records
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Case
from argine.desk.core.errors import RefusedError


def check_make(case: Case) -> None:
    """Raise unless a dossier of this case may be made.

    Raises:
        RefusedError: it is about somebody under 18, or what it would tell was erased.
    """
    if case.state == CaseState.FROZEN:
        raise RefusedError(_("Nothing of a case about somebody under 18 is handed out here."))
    notice = queries.first_notice(case)
    if case.purged_at is not None or (notice is not None and records.is_purged(notice)):
        raise RefusedError(_("The time for keeping this case is over: what a dossier would tell was erased."))


def language_of(asked: str) -> str:
    """The language that was asked for, if the desk speaks it; else the one in which the page is read."""
    spoken = {code for code, _name in settings.LANGUAGES}
    return asked if asked in spoken else (get_language() or "en")
