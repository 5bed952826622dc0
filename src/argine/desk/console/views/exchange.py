"""The exchange: what partners' entries were met, who the partners are, and what is shared with them."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from argine.desk.banks.models import Bank
from argine.desk.banks.queries import banks, live_counts
from argine.desk.console.access import StaffRequest, needs, refusal
from argine.desk.console.forms import PartnerForm
from argine.desk.core.errors import DeskError, InvalidError
from argine.desk.exchange import operations, policies, queries
from argine.desk.exchange.bundle import key_name
from argine.desk.exchange.enums import Progress, Shape, Trouble
from argine.desk.exchange.models import Partner, Received
from argine.desk.people.enums import Permission
from argine.desk.people.permissions import may
from argine.matching import BankKind

UNPROCESSABLE = 422
YES = "yes"


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner, in words."""

    partner: Partner
    came: int
    kept_out: int
    trouble: str
    may_go_on: bool
    reads: bool


@dataclass(frozen=True, slots=True)
class BankLine:
    """A bank that may be shared, or why it may not."""

    id: str
    name: str
    live: int
    is_shared: bool
    refused: str


@require_safe
@needs(Permission.SEE_CASES)
def show(request: StaffRequest) -> HttpResponse:
    return _page(request, PartnerForm())


@require_POST
@needs(Permission.MANAGE_KEYS)
def add(request: StaffRequest) -> HttpResponse:
    form = PartnerForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        agreement = operations.Agreement(
            said["name"], said["slug"], said["url"], said["public_key"], said["secret"], Shape(said["shape"])
        )
        try:
            operations.add_partner(agreement, by=request.actor)
        except InvalidError as error:
            for name, text in error.fields.items():
                form.add_error(name, text)
        else:
            messages.success(request, _("Added. What comes from it blocks nothing until a reviewer has looked."))
            return redirect("console:exchange")
    return _page(request, form)


@require_POST
@needs(Permission.MANAGE_KEYS)
def key(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    """Make a partner's key and show it once."""
    partner = get_object_or_404(Partner, pk=partner_id, is_active=True)
    return _page(request, PartnerForm(), secret=operations.issue_key(partner, by=request.actor), whose=partner.name)


@require_POST
@needs(Permission.MANAGE_BANKS)
def go_on(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    return _try(request, partner_id, operations.go_on, _("It is read on."))


@require_POST
@needs(Permission.MANAGE_BANKS)
def stop(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    partner = get_object_or_404(Partner, pk=partner_id, is_active=True)
    if request.POST.get("confirmed") != YES:
        return render(request, "console/exchange_end.html", {"partner": partner, "came": _line(partner).came})
    done = _("Ended: its key opens nothing, and all that came from it is erased.")
    return _try(request, partner_id, operations.stop_partner, done)


@require_POST
@needs(Permission.MANAGE_KEYS)
def resume(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    return _try(
        request, partner_id, operations.resume_partner, _("Its feed is read from the start. Make it a new key.")
    )


@require_POST
@needs(Permission.DECIDE)
def judge(request: StaffRequest, received_id: UUID) -> HttpResponse:
    """Say of a partner's entry what the copy on the platform showed."""
    block = request.POST.get("judgement") == "block"
    try:
        operations.judge(get_object_or_404(Received, pk=received_id), block=block, by=request.actor)
        messages.success(request, _("Kept out from now on.") if block else _("Let go: it matches nothing any more."))
    except DeskError as error:
        messages.error(request, str(error))
    return redirect("console:exchange")


@require_POST
@needs(Permission.MANAGE_BANKS)
def share(request: StaffRequest, bank_id: str) -> HttpResponse:
    """Share a bank with partners, or no more."""
    try:
        if request.POST.get("share") == "yes":
            operations.share_bank(bank_id, by=request.actor)
            messages.success(request, _("Shared. Of reports, only those whose person agreed."))
        else:
            operations.unshare_bank(bank_id, by=request.actor)
            messages.success(request, _("Not shared any more: partners are told to erase it."))
    except DeskError as error:
        messages.error(request, str(error))
    return redirect("console:exchange")


def _try(request: StaffRequest, partner_id: UUID, operation: Callable[..., object], done: str) -> HttpResponse:
    try:
        operation(get_object_or_404(Partner, pk=partner_id), by=request.actor)
        messages.success(request, done)
    except DeskError as error:
        messages.error(request, str(error))
    return redirect("console:exchange")


def _page(request: StaffRequest, form: PartnerForm, *, secret: str = "", whose: str = "") -> HttpResponse:
    raw = queries.public_key()
    context = {
        "waiting": queries.waiting(),
        "may_decide": may(request.user, Permission.DECIDE),
        "partners": [_line(partner) for partner in queries.partners()],
        "may_manage": may(request.user, Permission.MANAGE_BANKS),
        "may_add": may(request.user, Permission.MANAGE_KEYS),
        "banks": _banks(),
        "form": form,
        "secret": secret,
        "whose": whose,
        "public_key": base64.b64encode(raw).decode(),
        "key_name": key_name(raw),
    }
    return render(request, "console/exchange.html", context, status=UNPROCESSABLE if form.errors else 200)


def _line(partner: Partner) -> PartnerLine:
    counts = queries.counts(partner)
    return PartnerLine(
        partner,
        sum(count for step, count in counts.items() if step != Progress.WITHDRAWN),
        counts.get(Progress.BLOCKED, 0),
        str(Trouble(partner.trouble).label) if partner.trouble else "",
        partner.held_from is not None or not policies.may_go_on(partner.trouble),
        partner.key_id is not None and partner.is_active,
    )


def _banks() -> list[BankLine]:
    """The banks that may be shared; those that came from partners are not named."""
    shared, live = queries.shared_banks(), live_counts()
    return [
        BankLine(bank.id, bank.name, live.get(bank.id, 0), bank.id in shared, _why_not(bank))
        for bank in banks()
        if not policies.is_of_partners(bank.id)
    ]


def _why_not(bank: Bank) -> str:
    return refusal(partial(policies.check_shared_bank, bank.id, BankKind(bank.kind)))
