"""StopNCII's shape, both ways: what its records say in our words, and ours in its.

Its own client (`threatexchange` 1.2.17) never applies a withdrawal, since it compares the wrong field; here both
`Withdrawn` and `Deleted` take an entry back.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from argine.desk.exchange import client
from argine.desk.exchange.bundle import BundleError, Item, Page
from argine.desk.exchange.enums import Opinion, Progress, Trouble
from argine.desk.exchange.models import Partner
from argine.signals.errors import SignalError
from argine.signals.types import Signal, SignalType

TYPES = {"ImagePDQ": SignalType.PDQ, "VideoMD5": SignalType.MD5}
NAMES = {kind: name for name, kind in TYPES.items()}
GONE = frozenset({"Withdrawn", "Deleted"})
FIRST_TIME, MOST_TIME = 10, 2**53
PREFIX = "StopNCIISignalType."
"""What its client writes before the name of a signal type in submissions: the name of a class, by mistake."""

VALUES = {
    "None": Progress.RECEIVED,
    "PendingReview": Progress.PENDING,
    "Blocked": Progress.BLOCKED,
    "NotBlocked": Progress.REJECTED,
}
FEEDBACK = {progress: value for value, progress in VALUES.items()}
FUNCTION_KEY, SUBSCRIPTION_KEY = "x-functions-key", "Ocp-Apim-Subscription-Key"


def fetch(partner: Partner, after: int, limit: int) -> Page:
    """Read the next page; the cursor is the time it gives for its sets, and within a set its token.

    Raises:
        BundleError: it did not answer, or its answer is cut off or none of this shape.
    """
    query: dict[str, object] = {"startTimestamp": max(after, FIRST_TIME), "pageSize": limit}
    if partner.page_token:
        query["nextPageToken"] = partner.page_token
    answer = client.call(partner, f"/FetchHashes?{urlencode(query)}", _headers(partner))
    return read(partner, answer.body, after)


def read(partner: Partner, body: bytes, after: int) -> Page:
    """Read a page, and keep its token with the partner, saved with the cursor.

    Raises:
        BundleError: it is cut off or of another shape, or its time goes back.
    """
    try:
        facts = json.loads(body)
        records, more = list(facts["hashRecords"]), bool(facts["hasMoreRecords"])
        token, end = str(facts.get("nextPageToken") or ""), int(facts["nextSetTimestamp"])
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        raise BundleError(Trouble.UNREADABLE) from None
    if end < 0 or (more and (not token or token == partner.page_token)):
        raise BundleError(Trouble.DISORDERED)
    if not more and 0 < end < after and not partner.page_token:
        raise BundleError(Trouble.REWOUND)
    items = [_item(record, after) for record in records]
    partner.page_token = token if more else ""
    there = max([after, *_times(records)]) if more else max(after, end)
    kept = tuple(item for item in items if item is not None)
    return Page(after, there, there + more, kept, items.count(None))


def _times(records: Sequence[Any]) -> list[int]:
    """When the records were changed: where a later page cannot be read, the feed is asked from there."""
    times = [record.get("lastModtimestamp") for record in records if isinstance(record, dict)]
    return [one for one in times if isinstance(one, int) and 0 < one < MOST_TIME]


def _item(record: Any, after: int) -> Item | None:  # noqa: ANN401 - whatever a partner wrote
    try:
        kind = TYPES.get(record["signalType"])
        if kind is None:
            return None
        signal = Signal.parse(kind, str(record["hashValue"]))
        name = f"{kind.value}:{signal.text}"
        if record["hashStatus"] in GONE:
            return Item(after + 1, name)
        said = {one.get("feedbackValue") for one in record.get("CSPFeedbacks") or []}
        return Item(after + 1, name, Opinion.POSITIVE if "Blocked" in said else Opinion.SEED, (signal,))
    except (KeyError, TypeError, ValueError, AttributeError, SignalError):
        return None


def send_feedback(partner: Partner, said: Sequence[dict[str, object]]) -> None:
    """Tell how far its hashes are here.

    Raises:
        BundleError: it did not take it.
    """
    told = [_feedback(one) for one in said if Progress(str(one["progress"])) in FEEDBACK]
    if told:
        body = json.dumps({"count": len(told), "hashFeedbacks": told}).encode()
        client.call(partner, "/SubmitFeedback", {**_headers(partner), "Content-Type": "application/json"}, body)


def _feedback(one: dict[str, object]) -> dict[str, object]:
    kind, _, text = str(one["id"]).partition(":")
    value = FEEDBACK[Progress(str(one["progress"]))]
    return {"hashValue": text, "signalType": NAMES[SignalType(kind)], "feedbackValue": value, "tags": []}


def _headers(partner: Partner) -> dict[str, str]:
    function, _, subscription = partner.secret.partition(",")
    return {FUNCTION_KEY: function.strip(), SUBSCRIPTION_KEY: (subscription or function).strip()}


def record_of(signal: Signal, opinion: Opinion | None, timestamp: int) -> dict[str, object]:
    """An entry's signal as a record of this shape; without an opinion, one that was taken back."""
    feedback = [{"source": "argine", "feedbackValue": "Blocked", "tags": []}] if opinion is Opinion.POSITIVE else []
    return {
        "lastModtimestamp": timestamp,
        "signalType": NAMES[signal.type],
        "hashValue": signal.text,
        "hashStatus": "Withdrawn" if opinion is None else "Active",
        "caseNumbers": {},
        "CSPFeedbacks": feedback,
    }


def type_named(name: object) -> SignalType:
    """The signal type of a submission, in either spelling.

    Raises:
        KeyError: it is none that is taken here.
    """
    return TYPES[str(name).removeprefix(PREFIX)]
