"""The words of e-mails to staff: case numbers, laws and times, never what was reported."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from argine.desk.cases.models import Case
from argine.desk.notify.letters import Letter, Section
from argine.law.schema import load_all


def warning(case: Case, regime: str, percent: int, due_at: datetime, language: str) -> Letter:
    """A clock has used a share of its time."""
    with translation.override(language):
        words = {"number": case.number, "percent": percent, **_when(regime, due_at, language)}
        text = _("Case %(number)d: %(percent)d %% of the time has passed. %(law)s is due on %(time)s.") % words
        return _letter(_("A deadline comes near"), text, case)


def missed(case: Case, regime: str, due_at: datetime, language: str) -> Letter:
    """A clock ran out."""
    with translation.override(language):
        words = {"number": case.number, **_when(regime, due_at, language)}
        text = _("Case %(number)d: a deadline was missed. %(law)s was due on %(time)s.") % words
        return _letter(_("A deadline was missed"), text, case)


def host_changed(case: Case, language: str) -> Letter:
    """A website that a case watches is not as it was; the page of the case says what has changed."""
    with translation.override(language):
        text = _("Case %(number)d: something has changed about a website that the desk watches for it.")
        text += "\n\n" + _("The page of the case says what, under “Whom to write to”.")
        return _letter(_("A watched website changed"), text % {"number": case.number}, case)


def test(language: str) -> Letter:
    with translation.override(language):
        return Letter(_("A test"), {Section.NEXT: _("This desk can send e-mail: here is the proof.")})


def _letter(subject: str, text: str, case: Case) -> Letter:
    address = settings.CONFIG.base_url.rstrip("/") + reverse("console:case", args=[case.id])
    stop = _("You asked for these e-mails; under “Your account” you can stop them.")
    return Letter(f"Argine: {subject}", {Section.NEXT: text}, ("", f"{address}\n\n{stop}"))


def _when(regime: str, due_at: datetime, language: str) -> dict[str, str]:
    law = load_all().get(regime)
    name = law.title.in_language(language) if law else _("the desk's own promise")
    return {"law": name, "time": f"{date_format(due_at, 'j F Y, H:i')} UTC"}
