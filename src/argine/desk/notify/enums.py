"""What goes out, and the life of one message, as one table; the diagram in the docs is made from it."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    MAIL = "mail", _("E-mail")
    WEBHOOK = "webhook", _("Webhook")


class Kind(models.TextChoices):
    RECEIVED = "received", _("Your report arrived")
    QUESTION = "question", _("A question")
    REMOVAL = "removal", _("Decision: it is removed")
    REMOVED = "removed", _("It was removed")
    REFUSED = "refused", _("Decision: it is not removed")
    APPEAL_DECIDED = "appeal_decided", _("Outcome of an appeal")
    REOPENED = "reopened", _("It is looked at again")
    WITHDRAWN = "withdrawn", _("Report taken back")
    CLOCK_WARNED = "clock_warned", _("A deadline comes near")
    CLOCK_MISSED = "clock_missed", _("A deadline was missed")
    HOST_CHANGED = "host_changed", _("A watched website changed")
    EVENT = "event", _("An event, to the platform's software")
    TEST = "test", _("A test")


# What a reporter gets; the rest is for staff.
LETTERS = frozenset(
    {
        *(Kind.RECEIVED, Kind.QUESTION, Kind.REMOVAL, Kind.REMOVED, Kind.REFUSED),
        *(Kind.APPEAL_DECIDED, Kind.REOPENED, Kind.WITHDRAWN),
    }
)


class MessageState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be sent")
    HANDING_OVER = "handing_over", _("Being handed over")
    SENT = "sent", _("Sent")
    UNSURE = "unsure", _("May have arrived, or not")
    DEAD = "dead", _("Could not be sent")
    DROPPED = "dropped", _("Not sent: not wanted any more")


TRANSITIONS: dict[MessageState, frozenset[MessageState]] = {
    # An event goes straight from waiting to sent: its receiver knows it by its number, so twice does no harm.
    MessageState.WAITING: frozenset(
        {MessageState.HANDING_OVER, MessageState.SENT, MessageState.DEAD, MessageState.DROPPED}
    ),
    # Written before the other side may have taken it. Who dies here leaves it unsure, and nobody gets it twice unasked.
    MessageState.HANDING_OVER: frozenset(
        {MessageState.WAITING, MessageState.SENT, MessageState.DEAD, MessageState.UNSURE}
    ),
    MessageState.UNSURE: frozenset({MessageState.WAITING, MessageState.DROPPED}),
    MessageState.DEAD: frozenset({MessageState.WAITING, MessageState.DROPPED}),
    MessageState.SENT: frozenset(),
    MessageState.DROPPED: frozenset(),
}

# Staff look at these and say what becomes of them.
NEED_SOMEBODY = frozenset({MessageState.UNSURE, MessageState.DEAD})
ENDED = frozenset({MessageState.SENT, MessageState.DROPPED})


class Problem(StrEnum):
    """Why a message did not go."""

    UNREACHABLE = "unreachable"
    INSECURE = "insecure"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"
    LATER = "later"
    LOST = "lost"
    COMPOSING = "composing"
    PRIVATE = "private"
    REDIRECTED = "redirected"
    NO = "no"
