"""What partners say of an entry, and how far it is with us."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Opinion(models.TextChoices):
    """What whoever offers an entry knows of it."""

    SEED = "seed", _("Reported, nobody has looked")
    POSITIVE = "positive", _("A reviewer has decided")


class Progress(models.TextChoices):
    """How far an entry is at whoever received it."""

    RECEIVED = "received", _("Received")
    PENDING = "pending", _("A copy was met; a reviewer looks")
    BLOCKED = "blocked", _("Kept out")
    REJECTED = "rejected", _("Looked at, and not kept out")
    WITHDRAWN = "withdrawn", _("Taken back by the partner")
    REFUSED = "refused", _("Not taken: known to be lawful here")


# How a received entry may go on. What was taken back may be offered anew.
TRANSITIONS: dict[Progress, frozenset[Progress]] = {
    Progress.RECEIVED: frozenset({Progress.BLOCKED, Progress.REJECTED, Progress.WITHDRAWN}),
    Progress.PENDING: frozenset(),  # never stored: a received entry of which a copy was met
    Progress.BLOCKED: frozenset({Progress.WITHDRAWN}),
    Progress.REJECTED: frozenset({Progress.WITHDRAWN}),
    Progress.REFUSED: frozenset({Progress.WITHDRAWN}),
    Progress.WITHDRAWN: frozenset({Progress.RECEIVED, Progress.REFUSED}),
}

# What a partner may say of an entry that it got from here.
TOLD = frozenset({Progress.RECEIVED, Progress.PENDING, Progress.BLOCKED, Progress.REJECTED, Progress.REFUSED})


class Shape(models.TextChoices):
    """In which form a partner gives its entries."""

    ARGINE = "argine", _("Argine's signed bundles")
    STOPNCII = "stopncii", _("StopNCII's shape")
    THREATEXCHANGE = "threatexchange", _("ThreatExchange's shape")


class Trouble(models.TextChoices):
    """Why a partner's feed does not go on, or not as it should."""

    UNREACHABLE = "unreachable", _("It does not answer.")
    INSECURE = "insecure", _("Its certificate is not trusted, or not for this name.")
    KEY = "key", _("It does not accept our key.")
    UNREADABLE = "unreadable", _("Its answer is cut off or damaged.")
    FORGED = "forged", _("Its answer is not signed with its key.")
    REPLAYED = "replayed", _("Its answer is an old one, sent again.")
    DISORDERED = "disordered", _("Its entries do not come in order.")
    REWOUND = "rewound", _("Its feed is shorter than before: was an old copy put back?")
    FLOOD = "flood", _("More entries came than the limit for one day: they wait until you look.")
    STALE = "stale", _("It was not read for so long that what it took back meanwhile cannot be known.")
    SKIPPED = "skipped", _("A page of its feed was passed over. It is asked for again each time.")


# These are set right by nobody but people.
STOPPING = frozenset({Trouble.FORGED, Trouble.REPLAYED, Trouble.DISORDERED, Trouble.REWOUND, Trouble.STALE})
