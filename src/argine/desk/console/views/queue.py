from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from argine.desk.console import health, queue, queue_filters
from argine.desk.console import search as finding
from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.adapters import has_second_factor
from argine.desk.console.forms import SearchForm
from argine.desk.core import time
from argine.desk.people.enums import Permission
from argine.desk.people.permissions import may

FIRST_TAB = "open"


@require_safe
@needs(Permission.SEE_CASES)
def show(request: StaffRequest) -> HttpResponse:
    tab = request.GET.get("state", FIRST_TAB)
    tab = tab if tab in queue.TABS else FIRST_TAB
    chosen, now = queue_filters.chosen(request.GET.dict()), time.now()
    found = queue.found(tab, chosen, request.user, now)
    page = Paginator(found, queue.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "tabs": queue.tabs(tab, request.user),
        "tab": tab,
        "selects": queue_filters.selects(chosen),
        "filtered": chosen.query,
        "page": page,
        "rows": queue.rows(list(page), now, request.user),
        "counts": queue.counts(now, request.user),
        "health": health.now() if may(request.user, Permission.MANAGE_KEYS) else None,
        "advise_second_factor": not has_second_factor(request.user),
    }
    return render(request, "console/queue.html", context)


@require_POST
@needs(Permission.SEE_CASES)
def search(request: StaffRequest) -> HttpResponse:
    """Lead to the one case that was found, or list them. By POST, so that nothing of it stands in a history."""
    form = SearchForm(request.POST)
    cases = finding.cases(form.cleaned_data["text"], request.user) if form.is_valid() else []
    if not cases:
        messages.warning(request, _("No case has this number, code, address, host or signal."))
        return redirect("console:queue")
    if len(cases) == 1:
        return redirect("console:case", cases[0].id)
    context = {"rows": queue.rows(cases, time.now(), request.user), "is_cut": len(cases) == finding.MOST}
    return render(request, "console/found.html", context)
