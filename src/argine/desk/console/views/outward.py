"""Notices to other platforms: the words to send, that they were sent, and what came of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from argine.desk.cases.models import Case
from argine.desk.cases.queries import get_case
from argine.desk.console import host_card, outward_card, wording
from argine.desk.console.access import StaffRequest, needs
from argine.desk.core import time
from argine.desk.core.errors import InvalidError, NotFoundError, RefusedError
from argine.desk.outward import operations, policies, queries, texts
from argine.desk.outward.enums import OutwardState, Way
from argine.desk.people.enums import Permission

UNPROCESSABLE = 422
LANGUAGES = [("en", "English"), ("it", "Italiano")]


class SentForm(forms.Form):
    """How and when a notice was sent; the time is in UTC."""

    law = forms.ChoiceField(label=gettext_lazy("Law"))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    way = forms.ChoiceField(label=gettext_lazy("How it was sent"), choices=Way.choices)
    sent_at = forms.DateTimeField(
        label=gettext_lazy("When it was sent (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": gettext_lazy("Write day and time, such as 2026-11-26 14:30.")},
    )

    def __init__(self, data: object = None) -> None:
        initial = {"sent_at": time.now(), "language": get_language() or "en"}
        super().__init__(data, initial=initial)  # type: ignore[arg-type]  # Django's QueryDict
        law = self.fields["law"]
        assert isinstance(law, forms.ChoiceField)  # noqa: S101  # tells the type checker what the class says
        law.choices = [(name, wording.regime_title(name)) for name in queries.laws()]

    def moment(self) -> datetime:
        said: datetime = self.cleaned_data["sent_at"]
        return min(said.replace(tzinfo=UTC), time.now())


@require_http_methods(["GET", "POST"])
@needs(Permission.DECIDE)
def write(request: StaffRequest, case_id: UUID, platform: str) -> HttpResponse:
    """The words for one platform, to copy; then, that they were sent."""
    case = get_case(case_id)
    policies.check_send(case)
    addresses = queries.platforms(case).get(platform)
    if not addresses:
        raise NotFoundError("No address of this case is there.")
    form = SentForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _record(request, case, platform, form):
        messages.success(request, _("Written down: the clock of that platform runs."))
        return redirect("console:case", case.id)
    return _page(request, case, platform, addresses, form)


def _record(request: StaffRequest, case: Case, platform: str, form: SentForm) -> bool:
    said = form.cleaned_data
    try:
        operations.record_sent(case, platform, said["law"], Way(said["way"]), form.moment(), by=request.actor)
    except InvalidError as error:
        for name, text in error.fields.items():
            form.add_error(name if name in form.fields else None, text)
        return False
    return True


def _page(request: StaffRequest, case: Case, platform: str, addresses: list[str], form: SentForm) -> HttpResponse:
    """Law and language of the words are those asked for by the address of the page, or the first."""
    laws = queries.laws()
    law = laws.get(request.GET.get("law", "")) or next(iter(laws.values()), None)
    language = request.GET.get("language", "")
    language = language if language in dict(LANGUAGES) else get_language() or "en"
    written = texts.compose(case.number, law, addresses, language) if law else None
    context = {
        "case": case,
        "platform": platform,
        "form": form,
        "laws": [(name, wording.regime_title(name)) for name in laws],
        "languages": LANGUAGES,
        "law": law.id if law else "",
        "language": language,
        "written": written,
        "line": host_card.line(case, platform),
        "json": json.dumps(written.data, indent=1, ensure_ascii=False) if written else "",
    }
    return render(request, "console/outward_write.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_safe
@needs(Permission.SEE_CASES)
def show(request: StaffRequest) -> HttpResponse:
    """All notices that wait for an answer, those to be followed up first at the top."""
    return render(request, "console/outward.html", {"lines": outward_card.waiting(request.user)})


@require_safe
@needs(Permission.DECIDE)
def reminder(request: StaffRequest, notice_id: UUID) -> HttpResponse:
    """The words to write once more."""
    notice = queries.get(notice_id)
    language = get_language() or "en"
    text = texts.follow_up(notice, wording.regime_title(notice.law), language)
    return render(request, "console/outward_reminder.html", {"line": outward_card.line(notice), "text": text})


@require_POST
@needs(Permission.DECIDE)
def follow_up(request: StaffRequest, notice_id: UUID) -> HttpResponse:
    return _try(request, notice_id, lambda notice: operations.follow_up(notice, by=request.actor))


@require_POST
@needs(Permission.DECIDE)
def answer(request: StaffRequest, notice_id: UUID) -> HttpResponse:
    removed = request.POST.get("state") == OutwardState.REMOVED
    state = OutwardState.REMOVED if removed else OutwardState.REFUSED
    return _try(request, notice_id, lambda notice: operations.answer(notice, state, by=request.actor))


def _try(request: StaffRequest, notice_id: UUID, do: Callable[..., None]) -> HttpResponse:
    notice = queries.get(notice_id)
    try:
        do(notice)
        messages.success(request, _("Written down."))
    except RefusedError as error:
        messages.error(request, str(error))
    return redirect("console:case", notice.case_id)
