"""A page of a feed as it travels: canonical JSON, signed with Ed25519. Pure: no database, no network.

Whoever reads it knows the writer's public key beforehand, and sends a fresh nonce with each request: a page that was
signed for another request, for another reader or before is none.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from argine.desk.exchange.enums import Opinion, Trouble
from argine.errors import ArgineError
from argine.merkle.canonical import canonical_json
from argine.signals.errors import SignalError
from argine.signals.types import Signal, SignalType

FORMAT = "argine-bundle/1"
CONTEXT = b"argine-bundle/1\n"
SHAREABLE = frozenset({SignalType.PDQ, SignalType.SHA256, SignalType.MD5})
"""What may leave a desk. A patch set tells more of a picture, and stays (docs/threat-model.md)."""

MOST_SIGNALS = 20
LONGEST_ID = 80


class BundleError(ArgineError):
    """A page that proves nothing."""

    code = "bad_bundle"

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Item:
    """An entry that is offered, or without an opinion taken back."""

    seq: int
    id: str
    opinion: Opinion | None = None
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a feed.

    Attributes:
        after: the cursor that was asked with.
        next: the cursor to ask with next.
        newest: the end of the feed.
        bad: how many items could not be read; the others count.
    """

    after: int
    next: int
    newest: int
    items: tuple[Item, ...]
    bad: int = 0


def key_name(public: bytes) -> str:
    """A name of a public key, for two people to read to one another: half of its SHA-256, in groups of four digits.

    Half is 128 bits: nobody finds another key of the same name.
    """
    digits = hashlib.sha256(public).hexdigest()[:32]
    return " ".join(digits[place : place + 4] for place in range(0, 32, 4))


def write(page: Page, nonce: str, key: Ed25519PrivateKey) -> bytes:
    """Sign a page for the request that sent this nonce."""
    facts = {
        "format": FORMAT,
        "nonce": nonce,
        "after": page.after,
        "next": page.next,
        "newest": page.newest,
        "items": [_facts(item) for item in page.items],
    }
    payload = canonical_json(facts)
    signature = base64.b64encode(key.sign(CONTEXT + payload)).decode()
    return json.dumps({"payload": payload.decode(), "signature": signature}).encode()


def _facts(item: Item) -> dict[str, object]:
    if item.opinion is None:
        return {"seq": item.seq, "id": item.id}
    signals = [{"type": one.type.value, "value": one.text, "quality": one.quality} for one in item.signals]
    return {"seq": item.seq, "id": item.id, "opinion": item.opinion.value, "signals": signals}


def read(body: bytes, public: bytes, nonce: str, after: int) -> Page:
    """Read a page that answers a request.

    Raises:
        BundleError: it is damaged, not signed with this key, an answer to another request, or out of order.
    """
    payload = _payload(body, public)
    try:
        facts = json.loads(payload)
        fits = (facts["format"], facts["nonce"], facts["after"]) == (FORMAT, nonce, after)
        raw, end, newest = facts["items"], _whole(facts["next"]), _whole(facts["newest"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BundleError(Trouble.UNREADABLE) from None
    if not isinstance(raw, list):
        raise BundleError(Trouble.UNREADABLE)
    if not fits:
        raise BundleError(Trouble.REPLAYED)
    if newest < after:
        raise BundleError(Trouble.REWOUND)
    items = [_item(one) for one in raw]
    page = Page(after, end, newest, tuple(item for item in items if item is not None), items.count(None))
    _check_order(page)
    return page


def _payload(body: bytes, public: bytes) -> bytes:
    try:
        envelope = json.loads(body)
        payload = str(envelope["payload"]).encode()
        signature = base64.b64decode(str(envelope["signature"]), validate=True)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BundleError(Trouble.UNREADABLE) from None
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, CONTEXT + payload)
    except (InvalidSignature, ValueError):
        raise BundleError(Trouble.FORGED) from None
    return payload


def _check_order(page: Page) -> None:
    places = [page.after, *(item.seq for item in page.items)]
    rising = all(first < second for first, second in pairwise(places))
    if not rising or not places[-1] <= page.next <= page.newest:
        raise BundleError(Trouble.DISORDERED)
    if page.next == page.after and page.newest > page.after:
        raise BundleError(Trouble.DISORDERED)  # it would be asked for ever


def _item(raw: Any) -> Item | None:  # noqa: ANN401 - whatever a partner wrote
    """One item; None if it cannot be read."""
    try:
        seq, name = _whole(raw["seq"]), str(raw["id"])
        if not 0 < len(name) <= LONGEST_ID or not name.isprintable():
            return None
        if "opinion" not in raw:
            return Item(seq, name)
        return Item(seq, name, Opinion(raw["opinion"]), signals_of(raw["signals"]))
    except (KeyError, TypeError, ValueError, SignalError):
        return None


def signals_of(raw: Sequence[dict[str, Any]]) -> tuple[Signal, ...]:
    """The signals of an item that may travel and that say something.

    Raises:
        ValueError: there is none, or there are too many.
        SignalError, KeyError, TypeError: one is malformed.
    """
    if len(raw) > MOST_SIGNALS:
        raise ValueError("too many signals")
    found = [Signal.parse(one["type"], one["value"], one.get("quality")) for one in raw if one["type"] in SHAREABLE]
    kept = tuple(signal for signal in found if signal.hashable)
    if not kept:
        raise ValueError("no signal that says something")
    return kept


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise ValueError("not a whole number")
    return value
