"""Whether the desk itself is well, and what to do where it is not."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from argine.desk.console.access import StaffRequest, needs
from argine.desk.doctor.checks import Level, all_checks, is_well
from argine.desk.doctor.facts import gather
from argine.desk.people.enums import Permission


@require_safe
@needs(Permission.MANAGE_SETTINGS)
def show(request: StaffRequest) -> HttpResponse:
    checks = all_checks(gather())
    words = {Level.GOOD: _("well"), Level.NOTE: _("to know"), Level.WARN: _("look at it"), Level.BAD: _("wrong")}
    tones = {Level.NOTE: "", Level.GOOD: "good", Level.WARN: "warn", Level.BAD: "bad"}
    context = {
        "checks": [(check, words[check.level], tones[check.level]) for check in checks],
        "is_well": is_well(checks),
    }
    return render(request, "console/health.html", context)
