"""Orders of authorities: taking one down, and more time for one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from argine.desk.cases import operations
from argine.desk.cases.queries import get_case, get_order
from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.order_form import ExtendForm, OrderForm
from argine.desk.console.views.case import Sent, page
from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.people.enums import Permission

UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
@needs(Permission.DECIDE)
def new(request: StaffRequest) -> HttpResponse:
    form = OrderForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form(request, form)
    try:
        order = operations.register_order(form.draft(), by=request.actor)
    except InvalidError as error:
        for field, text in error.fields.items():
            form.add_error(field if field in form.fields else None, text)
        return _form(request, form)
    messages.success(request, _("The order is taken down, and its clock runs. A supervisor confirms it below."))
    return redirect("console:case", order.case_id)


def _form(request: StaffRequest, form: OrderForm) -> HttpResponse:
    return render(request, "console/order_new.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@require_POST
@needs(Permission.CONFIRM_ORDERS)
def extend(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case, form = get_case(case_id), ExtendForm(request.POST)
    if not form.is_valid():
        return page(request, case, sent=Sent(extend=form))
    try:
        operations.extend_order(get_order(case), form.moment(), by=request.actor)
    except RefusedError as error:
        return page(request, get_case(case.id), refused=str(error))
    messages.success(request, _("The new time counts from now on."))
    return redirect("console:case", case.id)
