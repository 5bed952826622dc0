"""The feed in StopNCII's shape: what `tx` of the package `threatexchange` fetches and matches against.

This shape names a hash to take it back. What is erased here has none left, so it only disappears: who reads this shape
fetches from the start once a day (docs/how-to/exchange.md).
"""

from typing import Any

from django.http import HttpResponse

from argine.desk.exchange import operations, queries, stopncii
from argine.desk.exchange.enums import Opinion, Progress
from argine.desk.exchange.operations.offering import Said
from argine.desk.feeds.views import LARGEST, items_of, partner_of, whole
from argine.desk.people.doors import DoorRequest, tell
from argine.signals.errors import SignalError
from argine.signals.types import Signal

PAGE_SIZE = 800


def fetch(request: DoorRequest) -> HttpResponse:
    """A page of hashes that changed since a time; the token leads to the next of the same set."""
    reader = partner_of(request)
    since = whole(request, "startTimestamp", stopncii.FIRST_TIME, LARGEST)
    size = max(1, whole(request, "pageSize", PAGE_SIZE, PAGE_SIZE))
    token = whole(request, "nextPageToken", 0, LARGEST)
    page = operations.read_page_since(reader, since, token, size)
    records = [
        stopncii.record_of(signal, item.opinion, item.changed)
        for item in page.records
        for signal in item.signals
        if signal.type in stopncii.NAMES
    ]
    return tell(
        {
            "count": len(records),
            "nextPageToken": str(page.next) if page.more else None,
            "nextSetTimestamp": page.until,
            "hasMoreRecords": page.more,
            "hashRecords": records,
        }
    )


def submit_hashes(request: DoorRequest) -> HttpResponse:
    """Take hashes that a partner found itself, into its own bank of kind review."""
    sender = partner_of(request)
    found = [signal for signal in map(_signal, items_of(request, "hashRecords")) if signal is not None]
    return tell({"count": operations.submit(sender, found)})


def submit_feedback(request: DoorRequest) -> HttpResponse:
    """Take what a partner says of hashes; the type may be left out, and is in either spelling."""
    sender = partner_of(request)
    said: list[Said] = []
    for raw in items_of(request, "hashFeedbacks"):
        progress = _progress(raw)
        if progress is not None:
            said += [Said(entry_id, progress) for entry_id in queries.offered_with(str(raw.get("hashValue", "")))]
    return tell({"count": operations.take_feedback(sender, said)})


def _signal(raw: Any) -> tuple[Signal, Opinion] | None:  # noqa: ANN401 - whatever a partner wrote
    try:
        kind = stopncii.type_named(raw["signalType"])
        said = {one["feedbackValue"] for one in raw.get("CSPFeedbacks") or []}
        return Signal.parse(kind, raw["hashValue"]), Opinion.POSITIVE if "Blocked" in said else Opinion.SEED
    except (KeyError, TypeError, ValueError, AttributeError, SignalError):
        return None


def _progress(raw: Any) -> Progress | None:  # noqa: ANN401
    return stopncii.VALUES.get(raw.get("feedbackValue", "")) if isinstance(raw, dict) else None
