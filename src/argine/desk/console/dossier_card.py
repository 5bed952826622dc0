"""Whether a dossier of a case can be made, and in which languages and forms."""

from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.utils.translation import get_language_info

from argine.desk.cases.models import Case
from argine.desk.console.access import StaffRequest, refusal
from argine.desk.dossier import pdf
from argine.desk.dossier.policies import check_make
from argine.desk.people import permissions
from argine.desk.people.enums import Permission


@dataclass(frozen=True, slots=True)
class DossierCard:
    """`refused` says why none can be made; empty if one can. `languages`: code and name of each."""

    refused: str
    languages: list[tuple[str, str]]
    makes_pdf: bool


def of(case: Case, request: StaffRequest) -> DossierCard:
    may_not = refusal(partial(permissions.check, request.user, Permission.MAKE_DOSSIERS))
    languages = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
    return DossierCard(may_not or refusal(partial(check_make, case)), languages, pdf.can_set())
