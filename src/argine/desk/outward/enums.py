"""Notices that a desk sends to other platforms for the people it works for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    MAIL = "mail", _("By e-mail")
    FORM = "form", _("By their web form")
    JSON = "json", _("As JSON, to their software")


class OutwardState(models.TextChoices):
    SENT = "sent", _("Waiting for their answer")
    REMOVED = "removed", _("They removed it")
    REFUSED = "refused", _("They refused")


# Who refused may still be moved; what was removed is done.
TRANSITIONS: dict[OutwardState, frozenset[OutwardState]] = {
    OutwardState.SENT: frozenset({OutwardState.REMOVED, OutwardState.REFUSED}),
    OutwardState.REFUSED: frozenset({OutwardState.REMOVED}),
    OutwardState.REMOVED: frozenset(),
}
