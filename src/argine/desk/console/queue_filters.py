"""What narrows the queue down: each filter is one word of the page's address, and what makes no sense is no filter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from argine.desk.cases.enums import CaseKind
from argine.desk.cases.models import Claim
from argine.desk.clocks.models import Clock
from argine.desk.console.wording import SOON_S, regime_title
from argine.desk.core.actor import Actor

MINE, TAKEN, FREE = "mine", "taken", "free"
LATE, SOON, LATER, NONE = "late", "soon", "later", "none"


@dataclass(frozen=True, slots=True)
class Select:
    """One filter as the page shows it: its name, and its values with their words."""

    name: str
    label: str
    values: list[tuple[str, str]]
    chosen: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen, by filter; empty where nothing was."""

    law: str = ""
    kind: str = ""
    claimed: str = ""
    left: str = ""
    language: str = ""

    @property
    def query(self) -> str:
        """What was chosen, for the addresses of links."""
        return urlencode({name: text for name, text in self._by_name().items() if text})

    def _by_name(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in NAMES}

    def which(self, viewer: Actor, now: datetime) -> Q:
        """The cases that are let through."""
        found = _claimed(self.claimed, viewer, now) & _left(self.left, now)
        if self.law:
            found &= Q(pk__in=Clock.objects.filter(regime=self.law).values("case_id"))
        if self.kind:
            found &= Q(kind=self.kind)
        return found & Q(language=self.language) if self.language else found


NAMES = ("law", "kind", "claimed", "left", "language")


def chosen(asked: Mapping[str, str]) -> Chosen:
    """Read the filters; a law is taken as it is, since one that was switched off may still have cases."""
    known = {select.name: {value for value, _words in select.values} for select in selects(Chosen())}
    said = {name: text for name in NAMES if (text := asked.get(name, "")) in known[name] or name == "law"}
    return Chosen(**said)


def selects(now: Chosen) -> list[Select]:
    """The filters, each with its values in words."""
    laws = [(law, regime_title(law)) for law in settings.CONFIG.regimes]
    claims = [(FREE, _("taken by nobody")), (MINE, _("taken by me")), (TAKEN, _("taken by a colleague"))]
    left = [(LATE, _("overdue")), (SOON, _("due within 12 hours")), (LATER, _("due later")), (NONE, _("no clock"))]
    return [
        Select("law", _("Law"), laws, now.law),
        Select("kind", _("Kind"), [(kind.value, str(kind.label)) for kind in CaseKind], now.kind),
        Select("claimed", _("Taken"), claims, now.claimed),
        Select("left", _("Time left"), left, now.left),
        Select("language", _("Language"), [(code, name) for code, name in settings.LANGUAGES], now.language),
    ]


def _claimed(wanted: str, viewer: Actor, now: datetime) -> Q:
    held = Claim.objects.filter(case_id=OuterRef("pk"), until__gt=now)
    return {
        "": Q(),
        MINE: Q(Exists(held.filter(by=viewer))),
        TAKEN: Q(Exists(held.exclude(by=viewer))),
        FREE: ~Q(Exists(held)),
    }[wanted]


def _left(wanted: str, now: datetime) -> Q:
    soon = now + timedelta(seconds=SOON_S)
    return {
        "": Q(),
        LATE: Q(due__lt=now),
        SOON: Q(due__gte=now, due__lt=soon),
        LATER: Q(due__gte=soon),
        NONE: Q(due=None),
    }[wanted]
