from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from argine.desk.cases.models import Case
from argine.desk.cases.queries import find_by_code
from argine.desk.console import health, queue
from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.adapters import has_second_factor
from argine.desk.console.forms import SearchForm
from argine.desk.console.wording import regime_title
from argine.desk.core import time
from argine.desk.people.enums import Permission
from argine.desk.people.permissions import may

FIRST_TAB = "open"


@require_safe
@needs(Permission.SEE_CASES)
def show(request: StaffRequest) -> HttpResponse:
    tab = request.GET.get("state", FIRST_TAB)
    tab = tab if tab in queue.TABS else FIRST_TAB
    regime = request.GET.get("law", "")
    now = time.now()
    page = Paginator(queue.found(tab, regime), queue.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "tabs": queue.tabs(tab),
        "tab": tab,
        "regime": regime,
        "regimes": [(name, regime_title(name)) for name in settings.CONFIG.regimes],
        "page": page,
        "rows": queue.rows(list(page), now),
        "counts": queue.counts(now),
        "health": health.now() if may(request.user, Permission.MANAGE_KEYS) else None,
        "advise_second_factor": not has_second_factor(request.user),
    }
    return render(request, "console/queue.html", context)


@require_POST
@needs(Permission.SEE_CASES)
def search(request: StaffRequest) -> HttpResponse:
    form = SearchForm(request.POST)
    case = _find(form.cleaned_data["text"]) if form.is_valid() else None
    if case is None:
        messages.warning(request, _("No case has this number or code."))
        return redirect("console:queue")
    return redirect("console:case", case.id)


def _find(text: str) -> Case | None:
    number = text.strip().lstrip("#").strip()
    if number.isdecimal():
        return Case.objects.filter(number=int(number[:9])).first()
    return find_by_code(text)
