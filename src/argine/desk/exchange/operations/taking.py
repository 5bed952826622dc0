"""What comes from partners: read page by page, each page one transaction with the cursor, and answered.

Whatever a partner does, it can at most be of no use: a page that proves nothing changes nothing, its withdrawals count
even while its offers wait, and nothing that it offers blocks by itself (ADR 0031).
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Q

from argine.desk.banks import operations as banks
from argine.desk.banks.live import BANKS
from argine.desk.banks.models import Bank, BankEntry
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.exchange import client, policies, queries, stopncii, threatexchange
from argine.desk.exchange.bundle import BundleError, Item, Page
from argine.desk.exchange.enums import Opinion, Progress, Shape, Trouble
from argine.desk.exchange.models import Gap, Partner, Received
from argine.desk.exchange.operations.partners import bank_of, make_bank
from argine.matching import BankKind
from argine.matching.verdict import Verdict, decide
from argine.signals.types import Signal

logger = logging.getLogger(__name__)

MOST_SECONDS = 60.0  # then others have their turn; the cursor keeps the place
PAGE_SIZE = 200
EVERY = timedelta(minutes=1)
FEEDBACK_AT_ONCE = 500
GAPS_AT_ONCE = 5
READ_AT_ONCE = 2000

Fetch = Callable[[Partner, int, int], Page]
FETCH: dict[Shape, Fetch] = {
    Shape.ARGINE: client.fetch, Shape.STOPNCII: stopncii.fetch, Shape.THREATEXCHANGE: threatexchange.fetch,
}  # fmt: skip
STALE = {Shape.THREATEXCHANGE: threatexchange.is_stale}
SAY = {Shape.ARGINE: client.send_feedback, Shape.STOPNCII: stopncii.send_feedback}

# How far is gone behind a place that cannot be read: one entry, or, where a cursor is a time, so many seconds.
SECONDS = (1, 60, 3600, 86_400)
STEPS = {Shape.ARGINE: (1,), Shape.STOPNCII: SECONDS, Shape.THREATEXCHANGE: SECONDS}


class EndedError(Exception):
    """The exchange with this partner was ended while its feed was being read."""


def sync_due() -> int:
    """Read on at every partner whose time has come; tell how many. One that fails stops no other."""
    moment = time.now()
    due = Partner.objects.filter(is_active=True).exclude(url="").filter(Q(next_at=None) | Q(next_at__lte=moment))
    for partner in due:
        try:
            sync_partner(partner)
        except Exception:
            logger.exception("The exchange with a partner failed; it is tried again")
    return len(due)


def sync_partner(partner: Partner) -> None:
    """Read what a partner offers from where we are, then say back how far its entries are. Trouble is written down."""
    if not policies.may_go_on(partner.trouble):
        return
    fetch = FETCH[Shape(partner.shape)]
    try:
        _check_age(partner)
        _read_on(partner, fetch)
        _mend_gaps(partner, fetch)
        _say_back(partner)
    except EndedError:
        return
    except BundleError as error:
        _note(partner, error.trouble)
    else:
        _note_success(partner)


def _check_age(partner: Partner) -> None:
    is_stale = STALE.get(Shape(partner.shape))
    if is_stale is not None and partner.cursor and is_stale(partner.worked_at, time.now()):
        raise BundleError(Trouble.STALE)


def _read_on(partner: Partner, fetch: Fetch) -> None:
    end = monotonic() + MOST_SECONDS
    while monotonic() < end:
        page = _fetch_some(partner, fetch)
        apply(partner, page)
        if page.next >= page.newest:
            return


def _fetch_some(partner: Partner, fetch: Fetch) -> Page:
    """Read a page; one that is cut off is asked for in smaller pieces, and passed over where those behind it are fine.

    Raises:
        BundleError: the feed does not go on.
    """
    size = partner.page_size
    while True:
        try:
            page = fetch(partner, partner.cursor, size)
        except BundleError as error:
            if error.trouble is not Trouble.UNREADABLE:
                raise
            if size == 1:
                return _pass_over(partner, fetch)
            size = max(1, size // 4)
        else:
            return page


def _pass_over(partner: Partner, fetch: Fetch) -> Page:
    """Go on behind a place that cannot be read, and remember it: a withdrawal that stands there must not be lost.

    Raises:
        BundleError: what lies behind cannot be read either.
    """
    begin, partner.page_token = partner.cursor, ""
    for step in STEPS[Shape(partner.shape)]:
        try:
            page = fetch(partner, begin + step, PAGE_SIZE)
        except BundleError as error:
            if error.trouble is not Trouble.UNREADABLE:
                raise
            continue
        Gap.objects.get_or_create(partner=partner, after=begin, defaults={"until": begin + step, "at": time.now()})
        return page
    raise BundleError(Trouble.UNREADABLE)


def _mend_gaps(partner: Partner, fetch: Fetch) -> None:
    """Ask again for what was passed over: so many entries, or, where a cursor is a time, what that second may hold."""
    token, is_counted = partner.page_token, partner.shape == Shape.ARGINE
    for gap in Gap.objects.filter(partner=partner).order_by("at")[:GAPS_AT_ONCE]:
        partner.page_token = ""
        try:
            page = fetch(partner, gap.after, min(PAGE_SIZE, gap.until - gap.after) if is_counted else PAGE_SIZE)
        except BundleError as error:
            if error.trouble is not Trouble.UNREADABLE:
                raise
        else:
            with transaction.atomic():
                _take_items(partner, page.items)
                gap.delete()
    partner.page_token = token


def apply(partner: Partner, page: Page) -> None:
    """Take a page and move the cursor, both or neither."""
    with transaction.atomic():
        _take_items(partner, page.items)
        partner.cursor = page.next
        partner.save(update_fields=["cursor", "held_from", "page_token"])
    if page.bad:
        logger.warning("%d entries of a partner's page could not be read and were left out", page.bad)


def _take_items(partner: Partner, items: Iterable[Item]) -> None:
    found = list(items)
    if not Partner.objects.select_for_update().filter(pk=partner.pk, is_active=True).exists():
        raise EndedError
    known = {
        row.remote_id: row
        for row in Received.objects.filter(partner=partner, remote_id__in=[item.id for item in found])
    }
    taken = queries.taken_today(partner)
    for item in found:
        row = known.get(item.id)
        if item.opinion is None:
            _take_back(row)
            continue
        if row is None or policies.takes(Progress(row.progress)):
            if partner.held_from is not None or policies.is_flood(taken, partner.daily_limit):
                partner.held_from = item.seq - 1 if partner.held_from is None else partner.held_from
                continue
            row = _take(partner, item, row)
            known[item.id] = row
            taken += row.entry_id is not None
        elif row.opinion != item.opinion:
            row.opinion = item.opinion
            row.save(update_fields=["opinion"])


def _take(partner: Partner, item: Item, row: Received | None) -> Received:
    """Put an offer into the partner's bank, unless what it holds is known to be lawful here."""
    row = row or Received(partner=partner, remote_id=item.id)
    row.opinion, row.at = item.opinion or "", time.now()
    if _is_lawful(item.signals):
        row.progress, row.entry_id = Progress.REFUSED, None
    else:
        origin = f"partner:{partner.slug}"
        row.entry_id = banks.add_entry(bank_of(partner), item.signals, origin=origin, by=SYSTEM).id
        row.progress = Progress.RECEIVED
    row.save()
    return row


def _is_lawful(signals: tuple[Signal, ...]) -> bool:
    negative = frozenset(Bank.objects.filter(kind=BankKind.NEGATIVE).values_list("pk", flat=True))
    matches = BANKS.matcher().match(signals, negative) if negative else []
    return bool(matches) and decide(matches, hashable=True) is Verdict.ALLOW


def _take_back(row: Received | None) -> None:
    """The partner takes an entry back: it is erased, also where a reviewer here had confirmed it."""
    if row is None or row.progress == Progress.WITHDRAWN:
        return
    entry = BankEntry.objects.filter(pk=row.entry_id).first() if row.entry_id else None
    if entry is not None and entry.signals.exists():
        banks.withdraw_entry(entry, erase=True, by=SYSTEM)
    row.progress, row.at = Progress.WITHDRAWN, time.now()
    row.save(update_fields=["progress", "at"])


def _say_back(partner: Partner) -> None:
    """Tell the partner what changed of its entries here: some at a time, each only when it was taken is noted."""
    say = SAY.get(Shape(partner.shape))
    if say is None:
        return
    rows = Received.objects.filter(partner=partner).exclude(progress=Progress.WITHDRAWN).order_by("id")
    for start in range(0, rows.count(), READ_AT_ONCE):
        some = list(rows[start : start + READ_AT_ONCE])
        now = queries.progress_of(some)
        changed = [row for row in some if now[row.id] != row.told]
        for begin in range(0, len(changed), FEEDBACK_AT_ONCE):
            lot = changed[begin : begin + FEEDBACK_AT_ONCE]
            say(partner, [_said(row, now[row.id]) for row in lot])
            for row in lot:
                row.told = now[row.id]
            Received.objects.bulk_update(lot, ["told"])


def _said(row: Received, now: str) -> dict[str, object]:
    progress, _, stopped = now.partition(":")
    return {"id": row.remote_id, "progress": progress, "stopped": int(stopped)}


def _note(partner: Partner, trouble: Trouble) -> None:
    moment = time.now()
    partner.trouble, partner.failures, partner.asked_at = trouble, partner.failures + 1, moment
    partner.next_at = moment + policies.wait_after(partner.failures)
    partner.save(update_fields=["trouble", "failures", "asked_at", "next_at"])


def _note_success(partner: Partner) -> None:
    moment = time.now()
    partner.failures, partner.asked_at, partner.worked_at = 0, moment, moment
    partner.next_at = moment + EVERY
    partner.trouble = _left(partner)
    partner.save(update_fields=["trouble", "failures", "asked_at", "worked_at", "next_at"])


def _left(partner: Partner) -> str:
    """What somebody should look at although the feed goes on."""
    if partner.held_from is not None:
        return Trouble.FLOOD.value
    return Trouble.SKIPPED.value if Gap.objects.filter(partner=partner).exists() else ""


def submit(partner: Partner, found: Sequence[tuple[Signal, Opinion]]) -> int:
    """Take hashes that a partner sends by itself, by the same rules as those of its feed; tell how many."""
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=partner.pk)
        make_bank(partner, by=SYSTEM)
        before = queries.taken_today(partner)
        items = [Item(1, f"{signal.type.value}:{signal.text}", opinion, (signal,)) for signal, opinion in found]
        _take_items(partner, items)
        if partner.held_from is not None and not partner.url:
            partner.held_from, partner.trouble = None, Trouble.FLOOD  # what is refused is not kept to be taken later
        partner.save(update_fields=["held_from", "trouble"])
        return queries.taken_today(partner) - before
