from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from argine.desk.banks.queries import banks_with_counts
from argine.desk.console.access import StaffRequest, needs
from argine.desk.people.enums import Permission
from argine.matching import BankKind


@require_safe
@needs(Permission.SEE_CASES)
def show(request: StaffRequest) -> HttpResponse:
    kinds = {
        BankKind.BLOCK: (_("Block"), "bad", _("An upload that matches is stopped.")),
        BankKind.REVIEW: (_("Review"), "warn", _("A match brings the platform's own copy before a reviewer.")),
        BankKind.NEGATIVE: (_("Never block"), "good", _("A match here overrules every other bank.")),
    }
    context = {"banks": [(bank, *kinds[BankKind(bank.kind)]) for bank in banks_with_counts()]}
    return render(request, "console/banks.html", context)
