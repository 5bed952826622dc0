"""Deciding at once the open cases that report exactly the same picture: each is listed, and judged again."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from argine.desk.cases import copies, operations
from argine.desk.cases.enums import Ground, Outcome
from argine.desk.cases.models import Decision
from argine.desk.cases.permissions import seen_by
from argine.desk.cases.queries import current_decision, get_case
from argine.desk.console.access import StaffRequest, needs, refusal
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.desk.people.enums import Permission

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class CopyLine:
    """`cannot` says why this one has to be looked at by itself; empty where it can be decided here."""

    id: UUID
    number: int
    opened_at: datetime
    pictures: int
    cannot: str


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DECIDE)
def decide(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """List the copies; then decide those that are ticked."""
    case = get_case(case_id)
    decision = current_decision(case)
    if decision is None:
        raise NotFoundError(_("Nothing was decided in this case."))
    chosen = _chosen(request.POST.getlist("copies"))
    if request.method != "POST" or not chosen:
        return _page(request, decision, is_empty=request.method == "POST")
    try:
        copied = operations.decide_copies(decision, chosen, by=request.actor, which=seen_by(request.user))
    except RefusedError as error:
        messages.error(request, str(error))
        return redirect("console:case", case.id)
    count = len(copied.done)
    if count:
        text = ngettext("%(count)d case was decided.", "%(count)d cases were decided.", count)
        messages.success(request, text % {"count": count})
    for number, why in copied.refused.items():
        messages.warning(request, _("Case %(number)d was not: %(why)s") % {"number": number, "why": why})
    return redirect("console:case", case.id)


def _chosen(texts: Collection[str]) -> set[UUID]:
    found = set()
    for text in texts:
        with suppress(ValueError):
            found.add(UUID(text))
    return found


def _page(request: StaffRequest, decision: Decision, *, is_empty: bool) -> HttpResponse:
    lines = [
        CopyLine(
            copy.case.id,
            copy.case.number,
            copy.case.opened_at,
            len(copy.pictures),
            refusal(partial(copies.check, copy, decision, request.actor)),
        )
        for copy in copies.of_decision(decision, seen_by(request.user))
    ]
    context = {
        "case": decision.case,
        "lines": lines,
        "can_any": any(not line.cannot for line in lines),
        "is_empty": is_empty,
        "outcome": Outcome(decision.outcome).label,
        "removes": decision.outcome == Outcome.REMOVE,
        "ground": Ground(decision.ground).label,
        "reasons": decision.reasons,
    }
    return render(request, "console/copies.html", context, status=UNPROCESSABLE if is_empty else 200)
