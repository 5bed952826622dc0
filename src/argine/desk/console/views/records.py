"""What is erased when, by which rule; and holding the records of a case beyond their time."""

from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from argine.desk.banks.models import BankEntry
from argine.desk.cases import operations
from argine.desk.cases.enums import OPEN, CaseState
from argine.desk.cases.models import Case, Preservation
from argine.desk.cases.permissions import seen_by
from argine.desk.cases.queries import get_case
from argine.desk.console import record_card
from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.forms import ReasonForm
from argine.desk.console.views.case import Sent, page
from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.core.fields import ERASED
from argine.desk.people.enums import Permission

PAGE_SIZE = 25


@require_safe
@needs(Permission.MANAGE_RECORDS)
def show(request: StaffRequest) -> HttpResponse:
    """Closed cases of which something is left, those that closed first before others."""
    numbered = Preservation.objects.exclude(reference=ERASED).values("case")
    # A picture that is kept out keeps the code too, for as long as the person likes: nothing to wait for.
    kept_out = BankEntry.objects.filter(withdrawn_at=None, case_id__isnull=False).values("case_id")
    ways = ~Q(language="") & ~Q(state=CaseState.FROZEN) & ~Q(pk__in=kept_out)
    something = Q(purged_at=None) | Q(purged_at__lt=F("changed_at")) | ways | Q(pk__in=numbered)
    cases = (
        Case.objects.exclude(state__in=OPEN).filter(something, seen_by(request.user)).order_by("changed_at", "number")
    )
    shown = Paginator(cases, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": shown, "cases": record_card.lines(list(shown)), "is_daily": settings.CONFIG.purge}
    return render(request, "console/records.html", context)


@require_POST
@needs(Permission.MANAGE_RECORDS)
def hold(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case, form = get_case(case_id), ReasonForm(request.POST)
    if form.is_valid():
        try:
            operations.hold_records(case, form.cleaned_data["reason"], by=request.actor)
            return redirect("console:case", case.id)
        except InvalidError as error:
            form.add_error("reason", str(error))
        except RefusedError as error:
            return page(request, get_case(case.id), refused=str(error), unsent=form.cleaned_data["reason"])
    return page(request, case, sent=Sent(hold=form))


@require_POST
@needs(Permission.MANAGE_RECORDS)
def release(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = get_case(case_id)
    try:
        operations.release_records(case, by=request.actor)
    except RefusedError as error:
        return page(request, get_case(case.id), refused=str(error))
    return redirect("console:case", case.id)
