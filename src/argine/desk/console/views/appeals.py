"""Deciding an appeal, on the page of its case."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from argine.desk.cases import operations
from argine.desk.cases.queries import get_appeal, get_case
from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.forms import AppealForm
from argine.desk.console.views.case import Sent, page
from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.people.enums import Permission


@require_POST
@needs(Permission.DECIDE)
def decide(request: StaffRequest, appeal_id: UUID) -> HttpResponse:
    appeal = get_appeal(appeal_id)
    form = AppealForm(appeal, request.POST)
    if not form.is_valid():
        return page(request, appeal.case, sent=Sent(appeals={appeal.id: form}))
    try:
        operations.decide_appeal(appeal, form.draft(), by=request.actor)
    except RefusedError as error:
        return page(request, get_case(appeal.case_id), refused=str(error), unsent=form.cleaned_data["reasons"])
    except InvalidError as error:
        for text in error.fields.values():
            form.add_error(None, text)
        return page(request, appeal.case, sent=Sent(appeals={appeal.id: form}))
    messages.success(request, _("The appeal is decided. Who appealed can read why."))
    return redirect("console:case", appeal.case_id)
