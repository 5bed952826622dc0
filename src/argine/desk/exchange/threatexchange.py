"""ThreatExchange's shape (`threat_updates` of a privacy group), read as the package `threatexchange` 1.2.17 reads it.

Nothing is said back: a reaction there would tell the whole group what was met here.
"""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from argine.desk.exchange import client
from argine.desk.exchange.bundle import BundleError, Item, Page
from argine.desk.exchange.enums import Opinion, Trouble
from argine.desk.exchange.models import Partner
from argine.signals.errors import SignalError
from argine.signals.types import Signal, SignalType

TYPES = {
    "HASH_PDQ": SignalType.PDQ,
    "HASH_MD5": SignalType.MD5,
    "HASH_SHA256": SignalType.SHA256,
    "HASH_VIDEO_MD5": SignalType.MD5,
    "HASH_VIDEO_SHA256": SignalType.SHA256,
}
FIELDS = "id,indicator,type,last_updated,should_delete,descriptors{id,reactions,owner{id},tags,status}"
KEEPS = timedelta(days=85)
"""It forgets after 90 days what was deleted: who did not ask for so long cannot know what to delete."""

DIGITS = re.compile(r"[0-9]{1,15}")
LONGEST_TOKEN = 250
OF_MINORS = frozenset({"csam", "csai", "csea", "cse", "child", "children", "minor", "minors", "underage", "infant"})
"""Words of tags that say that somebody is under 18."""

NO_KEY = client.NO_KEY | {400}
"""It answers 400 to a token that it does not know."""


def fetch(partner: Partner, after: int, limit: int) -> Page:
    """Read the next page; the cursor is the time of the last change, and between pages its token.

    Raises:
        BundleError: it did not answer, or its answer is cut off or none of this shape.
    """
    begun, _, token = partner.page_token.partition(" ")
    query: dict[str, object] = {
        "access_token": partner.secret,
        "start_time": begun or after,
        "limit": limit,
        "fields": FIELDS,
        "types": ",".join(TYPES),
    }
    if token:
        query["after"] = token
    answer = client.call(partner, f"/threat_updates/?{urlencode(query)}", {}, no_key=NO_KEY)
    return read(partner, answer.body, after)


def read(partner: Partner, body: bytes, after: int) -> Page:
    """Read a page, and keep with the partner, saved with the cursor, from when on it was asked and its token.

    Raises:
        BundleError: it is cut off or of another shape, or says that there is more where there is none.
    """
    try:
        facts = json.loads(body)
        records, paging = list(facts["data"]), dict(facts.get("paging") or {})
        token = _token(paging) if paging.get("next") else ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BundleError(Trouble.UNREADABLE) from None
    more = bool(paging.get("next"))
    begun, _, old = partner.page_token.partition(" ")
    if more and (not token or token == old or len(token) > LONGEST_TOKEN):
        raise BundleError(Trouble.DISORDERED)
    partner.page_token = f"{begun or after} {token}" if more else ""
    app = partner.secret.partition("|")[0]
    items = [_item(record, after, app) for record in records if _is_ours(record)]
    there = max([after, *_times(records)])
    kept = tuple(item for item in items if item is not None)
    return Page(after, there, there + more, kept, items.count(None))


def _token(paging: dict[str, Any]) -> str:
    """Where to go on. Its own address for that is not followed: it could lead anywhere, with the token in it."""
    found = str((paging.get("cursors") or {}).get("after") or "")
    return found or parse_qs(urlsplit(str(paging["next"])).query).get("after", [""])[0]


def _times(records: Iterable[Any]) -> list[int]:
    times = [record.get("last_updated") for record in records if isinstance(record, dict)]
    return [int(one) for one in times if isinstance(one, int | str) and DIGITS.fullmatch(str(one))]


def _is_ours(record: Any) -> bool:  # noqa: ANN401 - whatever a partner wrote
    """Whether it is a fingerprint, or cannot be told: addresses and texts of the group are no concern here."""
    kind = record.get("type") if isinstance(record, dict) else None
    return not isinstance(kind, str) or kind in TYPES


def _item(record: Any, after: int, app: str) -> Item | None:  # noqa: ANN401 - whatever a partner wrote
    try:
        kind, text = record["type"], record["indicator"].lower()
        signal = Signal.parse(TYPES[kind], text)
        opinion = None
        if not record["should_delete"] and "descriptors" in record:
            opinion = opinion_of(record["descriptors"]["data"], app)
        return Item(after + 1, f"{kind}:{signal.text}", opinion, (signal,) if opinion else ())
    except (KeyError, TypeError, ValueError, AttributeError, SignalError):
        return None


def opinion_of(descriptors: Sequence[dict[str, Any]], app: str) -> Opinion | None:
    """What the members of a group say of an entry together; None where it is not to be taken, or to be given up.

    A reaction counts where its member has no descriptor of its own. What is tagged as being of somebody under 18 is
    never taken (ADR 0048), nor what only this desk's own application said.

    Args:
        descriptors: as the shape has them; those without an owner say nothing.
        app: the number of this desk's own application.
    """
    owned = [one for one in descriptors if "owner" in one]
    if any(_is_of_minor(tag) for one in owned for tag in _tags(one)):
        return None
    said = {str(one["owner"]["id"]): str(one["status"]) for one in owned}
    for member, status in _reactions(owned):
        said.setdefault(member, status)
    said.pop(app, None)
    statuses = set(said.values())
    if not statuses - {"NON_MALICIOUS"}:
        return None
    return Opinion.POSITIVE if "MALICIOUS" in statuses and "NON_MALICIOUS" not in statuses else Opinion.SEED


def _reactions(descriptors: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """What members say by a reaction; who found an entry helpful stands before who disagrees."""
    worth = {"HELPFUL": "MALICIOUS", "DISAGREE_WITH_TAGS": "NON_MALICIOUS"}
    found = [
        (member, worth[reaction["key"]])
        for one in descriptors
        for reaction in one.get("reactions") or []
        if reaction["key"] in worth
        for member in str(reaction["value"]).split(",")
    ]
    return sorted(found, key=lambda pair: pair[1] != "MALICIOUS")


def _tags(descriptor: dict[str, Any]) -> list[str]:
    tags = descriptor.get("tags") or []
    return [str(tag["text"]) for tag in tags["data"]] if isinstance(tags, dict) else [str(tag) for tag in tags]


def _is_of_minor(tag: str) -> bool:
    return not OF_MINORS.isdisjoint(re.split(r"[^a-z]+", tag.lower()))


def is_stale(asked: datetime | None, now: datetime) -> bool:
    """Whether so much time went by since its feed was read last that deletions may be forgotten there."""
    return asked is not None and now - asked > KEEPS
