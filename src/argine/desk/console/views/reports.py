"""Reports about a period: to read, and as files."""

import json

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from argine.desk.cases.permissions import seen_by
from argine.desk.console.access import StaffRequest, needs
from argine.desk.core import time
from argine.desk.core.errors import ForbiddenError, InvalidError
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


def _hidden_statements(request: StaffRequest, period: Period) -> int:
    """How many statements are about cases that this person may not see."""
    if request.user.sees_sensitive:
        return 0
    return sum(1 for _ in database.records(period, ~seen_by(request.user, "case")))


def _statements(request: StaffRequest, period: Period) -> bytes:
    """All statements of a period. The public database needs them whole, and refuses one that is sent twice.

    Raises:
        ForbiddenError: some are about cases that this person may not see.
    """
    if hidden := _hidden_statements(request, period):
        raise ForbiddenError(_hidden(hidden))
    return "".join(json.dumps({"statements": lot}) + "\n" for lot in database.requests(period)).encode()


def _hidden(count: int) -> str:
    return ngettext(
        "%(count)d statement is about a sensitive case. The file is given whole or not at all: "
        "ask somebody who sees such cases.",
        "%(count)d statements are about sensitive cases. The file is given whole or not at all: "
        "ask somebody who sees such cases.",
        count,
    ) % {"count": count}


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
    hidden = _hidden_statements(request, period)
    context = {
        "left_out": not request.user.sees_sensitive,
        "withheld": _hidden(hidden) if hidden else "",
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
    name = f"statements-{period.first}-{period.last}.jsonl"
    return _file(_statements(request, period), "application/jsonl", name)


def _file(body: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=content_type, headers=headers)
