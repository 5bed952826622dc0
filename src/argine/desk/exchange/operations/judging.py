"""What a reviewer says of a partner's entry, once a copy of it was met."""

from django.db import transaction
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.banks import operations as banks
from argine.desk.banks.models import Bank
from argine.desk.banks.queries import find_entry
from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.core.errors import RefusedError
from argine.desk.exchange import policies
from argine.desk.exchange.enums import Progress
from argine.desk.exchange.models import Received
from argine.matching import BankKind

BANK_NAME = "From partners, confirmed here"


def judge(received: Received, *, block: bool, by: Actor) -> None:
    """Let an entry block from the next check on, or let it go for good; the partner is told which.

    Raises:
        RefusedError: it was judged or taken back meanwhile.
    """
    to = Progress.BLOCKED if block else Progress.REJECTED
    with transaction.atomic():
        row = Received.objects.select_for_update().get(pk=received.pk)
        policies.check_progress(Progress(row.progress), to)
        if row.entry_id is None:
            raise RefusedError(_("This entry was judged or taken back meanwhile."))
        entry = find_entry(row.entry_id)
        if block:
            _make_bank(by)
            banks.move_entry(entry, policies.CONFIRMED, by=by)
        else:
            banks.withdraw_entry(entry, erase=True, by=by)
        row.progress, row.at = to, time.now()
        row.save(update_fields=["progress", "at"])
        append(Event.PARTNER_ENTRY_JUDGED, f"entry:{entry.id}", by=by, data={"progress": to.value})


def _make_bank(by: Actor) -> None:
    if not Bank.objects.filter(pk=policies.CONFIRMED).exists():
        banks.create_bank(policies.CONFIRMED, BANK_NAME, BankKind.BLOCK, by=by)
