from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from argine.desk.banks import operations, policies
from argine.desk.banks.models import Bank, BankEntry, Flood, Sighting
from argine.desk.banks.queries import banks_with_counts, find_entry, find_flood, open_floods, stopped_by
from argine.desk.cases.models import Case
from argine.desk.cases.permissions import may_see
from argine.desk.console.access import StaffRequest, needs, refusal
from argine.desk.people import permissions
from argine.desk.people.enums import Permission
from argine.desk.people.models import Staff
from argine.matching import BankKind

MOST_SHOWN = 100
UNDO = "undo"


@dataclass(frozen=True, slots=True)
class FloodCard:
    """An alert with what a person needs to judge it. `refusal`: why the entry cannot be undone here."""

    flood: Flood
    entry: BankEntry
    bank: Bank
    case: Case | None
    stopped: list[Sighting]
    more: int
    refusal: str


@require_safe
@needs(Permission.SEE_CASES)
def show(request: StaffRequest) -> HttpResponse:
    kinds = {
        BankKind.BLOCK: (_("Block"), "bad", _("An upload that matches is stopped.")),
        BankKind.REVIEW: (_("Review"), "warn", _("A match brings the platform's own copy before a reviewer.")),
        BankKind.NEGATIVE: (_("Never block"), "good", _("A match here overrules every other bank.")),
    }
    context = {
        "banks": [(bank, *kinds[BankKind(bank.kind)]) for bank in banks_with_counts()],
        "floods": [card for card in map(_card, open_floods()) if _is_for(request.user, card)],
        "most": settings.CONFIG.flood_uploads,
        "may_manage": permissions.may(request.user, Permission.MANAGE_BANKS),
        "undo": UNDO,
    }
    return render(request, "console/banks.html", context)


@require_POST
@needs(Permission.MANAGE_BANKS)
def decide_flood(request: StaffRequest, flood_id: UUID) -> HttpResponse:
    """Say of an entry that matched many uploads that it is right, or undo it."""
    flood = find_flood(flood_id)
    if request.POST.get("answer") == UNDO:
        count = operations.undo_entry(find_entry(flood.entry_id), by=request.actor)
        told = ngettext(
            "Undone. The platform is told to put %(count)d upload back.",
            "Undone. The platform is told to put %(count)d uploads back.",
            count,
        )
        messages.success(request, told % {"count": count})
    else:
        operations.accept_flood(flood, by=request.actor)
        messages.success(request, _("Noted: the picture stays in the bank."))
    return redirect("console:banks")


def _is_for(person: Staff, card: FloodCard) -> bool:
    return card.case is None or may_see(person, sensitive=card.case.sensitive)


def _card(flood: Flood) -> FloodCard:
    entry, stopped = find_entry(flood.entry_id), stopped_by(flood.entry_id)
    case = Case.objects.filter(pk=entry.case_id).first() if entry.case_id else None
    why = refusal(lambda: policies.check_undo(entry))
    shown = stopped[:MOST_SHOWN]
    return FloodCard(flood, entry, entry.bank, case, shown, len(stopped) - len(shown), why)
