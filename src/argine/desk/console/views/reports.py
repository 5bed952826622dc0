"""Reports about a period: to read, and as files."""

import json

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from argine.desk.cases.permissions import seen_by
from argine.desk.console.access import StaffRequest, needs
from argine.desk.core import time
from argine.desk.core.errors import InvalidError
from argine.desk.people.enums import Permission
from argine.desk.reports import database, requests
from argine.desk.reports.period import Period, last_year, parse
from argine.desk.reports.sheets import zipped
from argine.desk.reports.transparency import report

UNPROCESSABLE = 422


def _period(request: StaffRequest) -> Period:
    if "from" not in request.GET and "to" not in request.GET:
        return last_year(time.now().date())
    return parse(request.GET.get("from", ""), request.GET.get("to", ""))


@require_safe
@needs(Permission.SEE_REPORTS)
def show(request: StaffRequest) -> HttpResponse:
    asked = {"first": request.GET.get("from", ""), "last": request.GET.get("to", "")}
    try:
        period = _period(request)
    except InvalidError as error:
        context: dict[str, object] = {**asked, "faults": error.fields}
        return render(request, "console/reports.html", context, status=UNPROCESSABLE)
    sheets = [sheet.shown() for sheet in report(period)]
    left_out = not request.user.sees_sensitive
    context = {
        "left_out": left_out,
        "first": f"{period.first}",
        "last": f"{period.last}",
        "period": period.text,
        "sheets": sheets,
    }
    return render(request, "console/reports.html", context)


@require_safe
@needs(Permission.SEE_REPORTS)
def download(request: StaffRequest, kind: str) -> HttpResponse:
    try:
        period = _period(request)
    except InvalidError as error:
        raise BadRequest(str(error)) from error
    if kind == "transparency":
        return _file(zipped(report(period)), "application/zip", f"transparency-{period.first}-{period.last}.zip")
    if kind == "requests":
        text = requests.sheet(period, which=seen_by(request.user, "case")).csv().encode()
        return _file(text, "text/csv; charset=utf-8", f"requests-{period.first}-{period.last}.csv")
    lines = "".join(json.dumps({"statements": lot}) + "\n" for lot in database.requests(period))
    return _file(lines.encode(), "application/jsonl", f"statements-{period.first}-{period.last}.jsonl")


def _file(body: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=content_type, headers=headers)
