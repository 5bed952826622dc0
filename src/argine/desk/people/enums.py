from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    REVIEWER = "reviewer", _("Reviewer")
    SUPERVISOR = "supervisor", _("Supervisor")
    OPERATOR = "operator", _("Operator")


class Permission(StrEnum):
    SEE_CASES = "see_cases"
    DECIDE = "decide"
    MAKE_DOSSIERS = "make_dossiers"
    OVERRIDE = "override"
    CONFIRM_ORDERS = "confirm_orders"
    SEE_LOG = "see_log"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_KEYS = "manage_keys"
    MANAGE_BANKS = "manage_banks"
    MANAGE_RECORDS = "manage_records"
    SEE_REPORTS = "see_reports"
    MANAGE_OUTGOING = "manage_outgoing"
    MANAGE_SETTINGS = "manage_settings"
    MANAGE_WAYS_OUT = "manage_ways_out"
    MANAGE_REPLIES = "manage_replies"


# Who may do what. Operators run the desk and may also decide, since small desks are one person.
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.REVIEWER: frozenset({Permission.SEE_CASES, Permission.DECIDE, Permission.MAKE_DOSSIERS}),
    Role.SUPERVISOR: frozenset(
        {
            Permission.SEE_CASES,
            Permission.DECIDE,
            Permission.MAKE_DOSSIERS,
            Permission.OVERRIDE,
            Permission.CONFIRM_ORDERS,
            Permission.SEE_LOG,
            Permission.MANAGE_BANKS,
            Permission.MANAGE_RECORDS,
            Permission.SEE_REPORTS,
            Permission.MANAGE_OUTGOING,
            Permission.MANAGE_SETTINGS,
            Permission.MANAGE_REPLIES,
        }
    ),
    Role.OPERATOR: frozenset(Permission),
}


class Scope(models.TextChoices):
    """What a platform's key may do."""

    CHECK = "check", _("Check uploads")
    DECISIONS = "decisions", _("Read decisions and statements of reasons")
    ACTIONS = "actions", _("Report actions")
    APPEALS = "appeals", _("Pass on appeals of uploaders")
    CURATE = "curate", _("Fill banks by the HMA-compatible API")
    EXCHANGE = "exchange", _("Read what is offered to partners")
    METRICS = "metrics", _("Read the desk's metrics")


# What an operator may give a key. That of a partner is made with the partner.
GIVEN = tuple(scope for scope in Scope if scope is not Scope.EXCHANGE)

# What the first key may do, made with the desk for the platform's software: which needs no metrics.
OF_PLATFORM = tuple(scope for scope in GIVEN if scope is not Scope.METRICS)
