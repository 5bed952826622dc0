"""What comes of looking at an address."""

from enum import StrEnum

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


class Seen(models.TextChoices):
    """What a look at a watched address found. Whether the picture is on a page that answers, only a person can tell."""

    NOTHING_YET = "", _("Not looked at yet")
    THERE = "there", _("Still there")
    GONE = "gone", _("Gone")
    MOVED = "moved", _("Leads elsewhere")
    UNREACHABLE = "unreachable", _("Could not be seen")


class WhyStopped(models.TextChoices):
    STAFF = "staff", _("Stopped by hand")
    TIME = "time", _("Its time is over")
    CASE = "case", _("No removal stands in the case any more")
    HOST = "host", _("The host is no longer allowed")


class Standing(StrEnum):
    """What the registry of names says of a host's name."""

    UNKNOWN = "unknown"  # it did not answer
    NUMBER = "number"  # the host is an address and has no name
    REGISTERED = "registered"
    RELEASED = "released"  # it knows no such name: anybody may register it


class Change(models.TextChoices):
    """What is no longer so of a watched host."""

    RELEASED = "released", _("Nobody holds the name any more: anybody can register it")
    ANEW = "anew", _("The name was registered anew")
    EXPIRED = "expired", _("The registration of the name has run out")
    OWNER = "owner", _("Another organisation holds the name")
    REGISTRAR = "registrar", _("Another registrar")
    NAMESERVERS = "nameservers", _("Other name servers")
    NETWORK = "network", _("Served by another network")
    CONTENT = "content", _("Something else stands at the reported address")
