"""The person's own file about their case, made when they ask for it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from argine.desk.core import operations as throttle
from argine.desk.core.actor import REPORTER
from argine.desk.dossier.enums import Extent
from argine.desk.dossier.operations import Form, make
from argine.desk.dossier.policies import language_of
from argine.desk.intake import access


@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """Hand over the file. Its name says nothing: somebody else may look into the folder of downloads."""
    case = access.opened_case(request)
    if case is None:
        return redirect("intake:status")
    throttle.take(throttle.OWN_FILE, str(case.id))
    form = Form.JSON if request.POST.get("form") == Form.JSON else Form.PDF
    made = make(case, Extent.OWN, form, language_of(""), by=REPORTER)
    headers = {**made.headers, "Content-Disposition": f'attachment; filename="file-{case.number}.{form.value}"'}
    response = HttpResponse(made.body, content_type=made.content_type, headers=headers)
    access.keep_open(request, response)
    return response
