"""Which settings the console may set, and in which part of its page each stands."""

from enum import StrEnum


class Section(StrEnum):
    PLATFORM = "platform"
    LAW = "law"
    DECISIONS = "decisions"
    RETENTION = "retention"
    MAIL = "mail"
    WEBHOOKS = "webhooks"


# What is not here is set where the desk is started: what its processes need before they can read the database, what
# bounds a hostile file, and what would let who has taken over an account of the console lower the desk's guard.
SECTIONS: dict[Section, tuple[str, ...]] = {
    Section.PLATFORM: ("platform_name", "platform_contact", "exit_url"),
    Section.LAW: ("regimes", "accept_unverified"),
    Section.DECISIONS: (
        "four_eyes",
        "same_person_appeals",
        "appeal_months",
        "appeal_hours",
        "expedited_appeal_hours",
        "warn_percent",
        "claim_minutes",
        "misuse_number",
        "misuse_months",
        "misuse_days",
    ),
    Section.RETENTION: ("purge", "keep_as_advised", "keep_more_months", "sighting_days"),
    Section.MAIL: ("smtp_host", "smtp_port", "smtp_security", "smtp_user", "smtp_password", "mail_from"),
    Section.WEBHOOKS: ("webhooks",),
}

SETTABLE = frozenset(name for names in SECTIONS.values() for name in names)

# Whoever may change these could have what the desk sends brought to themselves.
WAYS_OUT = frozenset({Section.MAIL, Section.WEBHOOKS})

# Their values stand in no log entry and on no page: a password, and addresses that may hold one.
SECRET = frozenset({"smtp_password", "webhooks"})
