"""The settings in the words of the console: what each is now, and where that comes from."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.config import Config, variable
from argine.desk.configuration.enums import SECRET, SECTIONS, SETTABLE, Section
from argine.desk.configuration.queries import as_text, default_of, from_environment
from argine.desk.console import wording
from argine.desk.console.settings_forms import LawForm
from argine.desk.console.settings_words import CHOICES, FIELDS, TITLES
from argine.desk.core import time
from argine.law.regime import Regime

LATEST = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One setting as it is. `variable` is named where the environment says it: then it cannot be set here."""

    label: str
    value: str
    variable: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    title: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Change:
    at: datetime
    who: str
    label: str
    index: int


@dataclass(frozen=True, slots=True)
class LawLine:
    """One law that may be switched on; `why_yes` says what has to be accepted, and is empty where nothing is."""

    key: str
    title: str
    where: str
    mark: str
    is_on: bool
    is_accepted: bool
    why_yes: str


def parts() -> list[Part]:
    return [Part(section.value, str(TITLES[section]), lines(SECTIONS[section])) for section in Section]


def lines(names: Sequence[str]) -> list[Line]:
    return [_line(name) for name in names]


def from_outside(section: Section) -> list[Line]:
    """The settings of a part that the environment says."""
    return lines([name for name in SECTIONS[section] if from_environment(name)])


def at_start() -> list[Line]:
    """What is set where the desk is started, and needs a new start."""
    names = [item.name for item in fields(Config) if item.name not in SETTABLE]
    return [Line(name, as_text(getattr(settings.CONFIG, name)), variable(name)) for name in names]


def label(name: str) -> str:
    if name == "regimes":
        return _("Laws whose clocks run")
    if name == "accept_unverified":
        return _("Accepted although unchecked")
    return str(FIELDS[name]().label) if name in FIELDS else name


def _line(name: str) -> Line:
    value = getattr(settings.CONFIG, name)
    return Line(
        label=label(name),
        value=_words(name, value),
        variable=variable(name) if from_environment(name) else "",
        is_default=as_text(value) == default_of(name),
    )


def _words(name: str, value: object) -> str:
    if name in CHOICES:
        return str(dict(CHOICES[name]).get(str(value), value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in {"regimes", "accept_unverified"} and isinstance(value, tuple):
        return ", ".join(map(wording.regime_title, value))
    if name == "webhooks" and isinstance(value, tuple):
        return ", ".join(urlsplit(url).hostname or "" for url in value)
    if name in SECRET:
        return _("set, and shown to nobody") if value else ""
    return as_text(value)


def laws(form: LawForm) -> list[LawLine]:
    chosen, accepted = form["regimes"].value() or [], form["accepted"].value() or []
    return [
        LawLine(
            key=key,
            title=wording.regime_title(key),
            where=", ".join(regime.jurisdiction),
            mark=regime.verified.mark.value,
            is_on=key in chosen,
            is_accepted=key in accepted,
            why_yes=_why_yes(regime),
        )
        for key, regime in form.known.items()
    ]


def _why_yes(regime: Regime) -> str:
    if not regime.needs_operators_yes:
        return ""
    if regime.verified.mark.needs_operators_yes:
        return _(
            "Nobody has read this law itself (mark %(mark)s). I have had it checked, or accept that its clock may be "
            "wrong."
        ) % {"mark": regime.verified.mark.value}
    return _("Nobody has read that this law is in force. I have had it checked, or accept that its clock may be early.")


def changes() -> list[Change]:
    """What was set last, and by whom; the values stand in the log where they are no secret."""
    rows = list(Entry.objects.filter(event=Event.SETTING_CHANGED).order_by("-index")[:LATEST])
    names = wording.who(row.by for row in rows)
    return [
        Change(time.parse_iso(row.at), names[row.by], label(row.subject.removeprefix("setting:")), row.index)
        for row in rows
    ]
