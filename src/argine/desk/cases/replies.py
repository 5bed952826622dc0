"""Saved replies: texts that reviewers start from, in the language of the person who will read them."""

import string
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from argine.desk.cases.enums import ReplyUse
from argine.desk.cases.models import Case, SavedReply

# What may stand in braces, with what it becomes: nothing of a person, and nothing that only some cases have.
PLACEHOLDERS = {
    "case": gettext_lazy("the number of the case"),
    "platform": gettext_lazy("the name of the platform"),
    "contact": gettext_lazy("how people reach you"),
}
FALLBACK = "en"
LONGEST_REPLY = 2000

# The first ones of a desk; from then on supervisors change them, the titles too.
FIRST: tuple[tuple[ReplyUse, str, object], ...] = (
    (
        ReplyUse.REASONS,
        "Removed: without consent",
        gettext_lazy("We looked at the picture. It was shared without the consent of the person shown. We remove it."),
    ),
    (
        ReplyUse.REASONS,
        "Removed: altered or made with AI",
        gettext_lazy(
            "The picture was altered or made with AI, and shared without the consent of the person it shows. We remove "
            "it."
        ),
    ),
    (
        ReplyUse.REASONS,
        "Removed: no copy met yet",
        gettext_lazy("We have not met a copy of the picture yet. If one is uploaded, it is stopped."),
    ),
    (
        ReplyUse.REASONS,
        "Kept: nothing found",
        gettext_lazy("We looked at the address and found nothing there. If you know another address, please tell us."),
    ),
    (
        ReplyUse.REASONS,
        "Kept: not intimate",
        gettext_lazy(
            "We looked at the picture. It is not an intimate one. If you see this differently, you can appeal."
        ),
    ),
    (
        ReplyUse.REASONS,
        "Kept: not entitled",
        gettext_lazy(
            "From what you told us, you are neither the person shown nor act for them. If you are, please tell us."
        ),
    ),
    (
        ReplyUse.QUESTION,
        "Which address?",
        gettext_lazy(
            "At which address is it? Please copy the address from the bar of your browser, or tell us who shared it "
            "and when. You need not look at the picture again."
        ),
    ),
    (
        ReplyUse.QUESTION,
        "Address does not open",
        gettext_lazy(
            "The address that you gave does not open here. Does one have to be logged in to see it, or did it change?"
        ),
    ),
    (
        ReplyUse.QUESTION,
        "For whom do you write?",
        gettext_lazy("Are you the person shown, or do you act for them? A sentence is enough: we ask for no document."),
    ),
)


@dataclass(frozen=True, slots=True)
class Ready:
    """A reply as it can be put in: filled, in the person's language, or in English where there is none in theirs."""

    title: str
    text: str
    language: str
    is_theirs: bool


def problem(text: str) -> str:
    """Say what is wrong with a text; empty if nothing is."""
    if len(text) > LONGEST_REPLY:
        return _("This is too long: at most %(count)d characters.") % {"count": LONGEST_REPLY}
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return _("A brace stands alone. Write {{ or }} for one that is meant.")
    for _words, name, form, conversion in parts:
        if name is not None and (name not in PLACEHOLDERS or form or conversion):
            names = ", ".join(f"{{{known}}}" for known in PLACEHOLDERS)
            return _("In braces may stand only: %(names)s.") % {"names": names}
    return ""


def fill(text: str, case: Case) -> str:
    """Put in what stands in braces."""
    config = settings.CONFIG
    return text.format(case=case.number, platform=config.platform_name, contact=config.platform_contact)


def ready(case: Case, use: ReplyUse) -> list[Ready]:
    """The replies to start from in a case."""
    found = offered().filter(use=use)
    return [_ready(reply, case) for reply in found if reply.texts.get(case.language) or reply.texts.get(FALLBACK)]


def _ready(reply: SavedReply, case: Case) -> Ready:
    texts: Mapping[str, str] = reply.texts
    language = case.language if texts.get(case.language) else FALLBACK
    return Ready(reply.title, fill(texts[language], case), language, language == case.language)


def offered() -> QuerySet[SavedReply]:
    return SavedReply.objects.filter(withdrawn_at=None).order_by("use", "position", "changed_at")
