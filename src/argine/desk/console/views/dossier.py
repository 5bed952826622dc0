"""Making the dossier of a case: for the police or an authority."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from argine.desk.cases.queries import get_case
from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.views import case as case_view
from argine.desk.core.errors import RefusedError
from argine.desk.dossier.enums import Extent
from argine.desk.dossier.operations import Form, make
from argine.desk.dossier.policies import language_of
from argine.desk.people.enums import Permission


@require_POST
@needs(Permission.MAKE_DOSSIERS)
def download(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = get_case(case_id)
    form = Form.JSON if request.POST.get("form") == Form.JSON else Form.PDF
    try:
        made = make(case, Extent.FULL, form, language_of(request.POST.get("language", "")), by=request.actor)
    except RefusedError as error:
        return case_view.page(request, get_case(case.id), refused=str(error))
    return HttpResponse(made.body, content_type=made.content_type, headers=made.headers)
