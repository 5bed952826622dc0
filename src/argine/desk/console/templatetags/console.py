"""The main menu: only what the person may open."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from argine.desk.people.enums import Permission
from argine.desk.people.models import Staff
from argine.desk.people.permissions import may

register = template.Library()


@register.inclusion_tag("console/parts/nav.html", takes_context=True)
def console_nav(context: template.Context) -> dict[str, Any]:
    user, path = context["request"].user, context["request"].path
    if not isinstance(user, Staff):
        return {"items": []}
    pages = (
        (Permission.SEE_CASES, "console:queue", _("Cases")),
        (Permission.SEE_REPORTS, "console:dashboard", _("Dashboard")),
        (Permission.SEE_CASES, "console:banks", _("Banks")),
        (Permission.MANAGE_RECORDS, "console:records", _("Records")),
        (Permission.SEE_LOG, "console:log", _("Log")),
        (Permission.MANAGE_PEOPLE, "console:people", _("People")),
        (Permission.SEE_CASES, "console:outward", _("Other platforms")),
        (Permission.SEE_REPORTS, "console:reports", _("Reports")),
        (Permission.MANAGE_OUTGOING, "console:outgoing", _("What goes out")),
        (Permission.MANAGE_KEYS, "console:keys", _("Platform keys")),
        (Permission.MANAGE_SETTINGS, "console:settings", _("Settings")),
        (Permission.MANAGE_SETTINGS, "console:health", _("Health")),
        (Permission.SEE_CASES, "mfa_index", _("Your account")),
    )
    allowed = [
        (reverse(name), label) for permission, name, label in pages if may(user, permission) and _is_of_use(name)
    ]
    return {"items": [(url, label, _is_here(url, path)) for url, label in allowed]}


def _is_of_use(name: str) -> bool:
    """Only a helpline writes to other platforms."""
    return name != "console:outward" or settings.CONFIG.is_helpline


def _is_here(url: str, path: str) -> bool:
    queue = reverse("console:queue")
    if url == queue:
        return path == queue or path.startswith(f"{queue}cases/")
    return path.startswith(url)
