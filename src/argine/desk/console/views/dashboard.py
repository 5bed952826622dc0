"""How the desk is doing: now, and within a period."""

from datetime import date

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from argine.desk.console import dashboard
from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.wording import regime_title
from argine.desk.core import time
from argine.desk.core.errors import InvalidError
from argine.desk.people.enums import Permission
from argine.desk.reports import figures
from argine.desk.reports.period import DAY, Period, parse

UNPROCESSABLE = 422
DAYS = 30


@require_safe
@needs(Permission.SEE_REPORTS)
def show(request: StaffRequest) -> HttpResponse:
    now = time.now()
    law = request.GET.get("law", "")
    context: dict[str, object] = {
        "law": law,
        "laws": [(name, regime_title(name)) for name in settings.CONFIG.regimes],
        "first": request.GET.get("from", ""),
        "last": request.GET.get("to", ""),
    }
    try:
        period = _period(request, now.date())
    except InvalidError as error:
        return render(request, "console/dashboard.html", {**context, "faults": error.fields}, status=UNPROCESSABLE)
    shown = {"first": f"{period.first}", "last": f"{period.last}"}
    panels = dashboard.panels(figures.of(period, now, law))
    return render(request, "console/dashboard.html", {**context, **shown, "panels": panels})


def _period(request: StaffRequest, today: date) -> Period:
    if "from" not in request.GET and "to" not in request.GET:
        return Period(today - DAY * (DAYS - 1), today)
    return parse(request.GET.get("from", ""), request.GET.get("to", ""))
