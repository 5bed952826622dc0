"""What comes of looking at an address."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Problem(models.TextChoices):
    """Why a page could not be seen, or not all of it."""

    NONE = "", _("Answered")
    NOT_ALLOWED = "not_allowed", _("Leads to a host that this desk may not look at")
    PRIVATE = "private", _("Leads into a private network, so it was not followed")
    INSECURE = "insecure", _("The server could not prove who it is")
    UNREACHABLE = "unreachable", _("No answer")
    SLOW = "slow", _("The answer took too long")
    REDIRECTS = "redirects", _("Led on and on to other addresses")
    UNREADABLE = "unreadable", _("The page could not be read")


class Stamp(models.TextChoices):
    """Whether a time-stamping authority has stamped a record."""

    NONE = "", _("No time stamp: none is set up")
    STAMPED = "stamped", _("Stamped by a time-stamping authority (RFC 3161)")
    FAILED = "failed", _("No time stamp: the authority did not answer, or its answer did not verify")
