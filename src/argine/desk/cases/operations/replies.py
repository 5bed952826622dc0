"""Saved replies: making, changing, withdrawing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases import replies
from argine.desk.cases.enums import ReplyUse
from argine.desk.cases.models import SavedReply
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.errors import InvalidError
from argine.merkle.canonical import Json, canonical_json


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """`texts` by language code; English is needed, since it stands in for every language that lacks one."""

    use: ReplyUse
    title: str
    texts: Mapping[str, str]

    def check(self) -> None:
        """Raise unless it has a title and English words, and only known words in braces.

        Raises:
            InvalidError: `fields` says where: `title`, or `text_` and the language.
        """
        fields = {
            f"text_{language}": fault for language, text in self.texts.items() if (fault := replies.problem(text))
        }
        if not self.title.strip():
            fields["title"] = _("Give it a title: colleagues choose by it.")
        if not self.texts.get(replies.FALLBACK, "").strip():
            fields[f"text_{replies.FALLBACK}"] = _("Write it in English at least: it stands in for other languages.")
        if fields:
            raise InvalidError(_("The reply cannot be saved like this."), fields=fields)


def save_reply(draft: ReplyDraft, *, by: Actor, reply: SavedReply | None = None) -> SavedReply:
    """Make a saved reply, or change one.

    Raises:
        InvalidError: something of it will not do.
    """
    draft.check()
    with transaction.atomic():
        last = SavedReply.objects.aggregate(last=Max("position"))["last"] or 0
        kept = reply or SavedReply(position=last + 1)
        kept.use, kept.title, kept.changed_at = draft.use, draft.title.strip(), time.now()
        kept.texts = {language: text.strip() for language, text in draft.texts.items() if text.strip()}
        kept.save()
        facts: dict[str, Json] = {"use": kept.use, "title": kept.title, "texts": kept.texts}
        digest = hashlib.sha256(canonical_json(facts)).hexdigest()
        append(Event.REPLY_CHANGED, f"reply:{kept.id}", by=by, data={"use": kept.use, "digest": digest})
    return kept


def withdraw_reply(reply: SavedReply, *, by: Actor) -> None:
    """Offer a saved reply no more. What was written with it stays."""
    with transaction.atomic():
        reply.withdrawn_at = time.now()
        reply.save(update_fields=["withdrawn_at"])
        append(Event.REPLY_CHANGED, f"reply:{reply.id}", by=by, data={"withdrawn": True})


def create_first_replies() -> None:
    """Give a new desk replies to begin with, in every language; once."""
    if SavedReply.objects.exists():
        return
    for use, title, text in replies.FIRST:
        texts = {}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                texts[language] = str(text)
        save_reply(ReplyDraft(use, title, texts), by=SYSTEM)
