"""Saved replies: what reviewers start from."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from argine.desk.cases import operations, replies
from argine.desk.cases.enums import ReplyUse
from argine.desk.cases.models import SavedReply
from argine.desk.console.access import StaffRequest, needs
from argine.desk.core.errors import InvalidError
from argine.desk.people.enums import Permission

UNPROCESSABLE = 422


class ReplyForm(forms.Form):
    """One reply in every language of the public pages."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("Colleagues choose by it. Nobody else reads it."),
        max_length=80,
        error_messages={"required": gettext_lazy("Give it a title: colleagues choose by it.")},
    )
    use = forms.ChoiceField(label=gettext_lazy("Where it is offered"), choices=ReplyUse.choices)

    def __init__(self, reply: SavedReply | None, data: object = None) -> None:
        texts = reply.texts if reply else {}
        initial = {"title": reply.title, "use": reply.use} if reply else {}
        initial |= {f"text_{language}": text for language, text in texts.items()}
        super().__init__(data, initial=initial)  # type: ignore[arg-type]  # Django's QueryDict
        for language, name in settings.LANGUAGES:
            area = forms.Textarea(attrs={"rows": 5, "lang": language})
            self.fields[f"text_{language}"] = forms.CharField(label=name, required=False, max_length=4000, widget=area)

    def draft(self) -> operations.ReplyDraft:
        said = self.cleaned_data
        texts = {language: said[f"text_{language}"] for language, _name in settings.LANGUAGES}
        return operations.ReplyDraft(ReplyUse(said["use"]), said["title"], texts)


@require_safe
@needs(Permission.MANAGE_REPLIES)
def show(request: StaffRequest) -> HttpResponse:
    lines = [(reply, ReplyUse(reply.use).label, sorted(reply.texts)) for reply in replies.offered()]
    return render(request, "console/replies.html", {"lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_REPLIES)
def new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_REPLIES)
def edit(request: StaffRequest, reply_id: UUID) -> HttpResponse:
    return _edit(request, get_object_or_404(replies.offered(), pk=reply_id))


@require_POST
@needs(Permission.MANAGE_REPLIES)
def withdraw(request: StaffRequest, reply_id: UUID) -> HttpResponse:
    operations.withdraw_reply(get_object_or_404(replies.offered(), pk=reply_id), by=request.actor)
    messages.success(request, _("It is offered no more."))
    return redirect("console:replies")


def _edit(request: StaffRequest, reply: SavedReply | None) -> HttpResponse:
    form = ReplyForm(reply, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _save(request, form, reply):
        messages.success(request, _("Saved."))
        return redirect("console:replies")
    context = {"form": form, "reply": reply, "placeholders": replies.PLACEHOLDERS.items()}
    return render(request, "console/reply.html", context, status=UNPROCESSABLE if form.errors else 200)


def _save(request: StaffRequest, form: ReplyForm, reply: SavedReply | None) -> bool:
    try:
        operations.save_reply(form.draft(), by=request.actor, reply=reply)
    except InvalidError as error:
        for name, text in error.fields.items():
            form.add_error(name, text)
        return False
    return True
