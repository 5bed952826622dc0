"""The record of a page: what it says and where it leads, every medium taken out. `operations` keeps it."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings

from argine.desk.cases.models import Address
from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.evidence import fetch
from argine.desk.evidence.enums import Problem
from argine.desk.evidence.fetch import Visit
from argine.desk.evidence.markup import Medium
from argine.desk.evidence.models import PageRecord
from argine.desk.evidence.reading import PageFacts, UnreadableError, take_apart
from argine.merkle.canonical import Json

FORMAT = "argine-page-record/1"
# Of the answer's headers, those that say something of the page or of who serves it. Never a cookie.
KEPT_HEADERS = frozenset(
    {
        *("date", "server", "via", "content-type", "content-length", "content-language", "last-modified", "etag"),
        *("x-powered-by", "x-served-by", "cf-ray", "x-generator", "x-robots-tag", "link"),
    }
)
LONGEST_HEADER = 500
MOST_MEDIUM = 32 * 1024 * 1024
MOST_HASHED = 20
MEDIA_SECONDS = 20.0
MEDIA_TYPES = ("image/", "video/", "audio/")
PACKED = frozenset({"gzip", "x-gzip", "deflate"})
OK = 200


def facts(row: PageRecord, address: Address, visit: Visit) -> dict[str, Json]:
    """The record, as it is kept, committed to and handed on. May set `problem` of the row."""
    answer = visit.answer
    try:
        page = page_of(visit)
    except UnreadableError:
        page, row.problem = None, Problem.UNREADABLE
    return {
        "format": FORMAT,
        "record": str(row.id),
        "case": str(address.case_id),
        "address": address.url,
        "taken_at": time.iso(row.taken_at),
        "problem": row.problem,
        "way": [asdict(hop) for hop in visit.hops],
        "status": visit.status,
        "headers": _headers(visit),
        "bytes": len(answer.body) if answer else 0,
        "is_whole": answer.is_whole if answer else False,
        "sha256": hashlib.sha256(answer.body).hexdigest() if answer and answer.body else "",
        "page": _page_facts(page) if page else None,
        "media": _media(visit, page),
    }


def _headers(visit: Visit) -> list[Json]:
    headers = visit.answer.headers if visit.answer else ()
    return [[name.lower(), value[:LONGEST_HEADER]] for name, value in headers if name.lower() in KEPT_HEADERS]


def page_of(visit: Visit) -> PageFacts | None:
    """What the page says that a look has found; None if there is none.

    Raises:
        UnreadableError: it is packed in a way that was not asked for, or could not be taken apart.
    """
    answer = visit.answer
    if answer is None or not answer.body:
        return None
    kind, _, rest = answer.header("Content-Type").partition(";")
    charset = rest.partition("charset=")[2].strip(" \"'").lower()
    encoding = answer.header("Content-Encoding").lower() or "identity"
    is_plain = kind.strip().lower() == "text/plain"
    if encoding not in {"identity", *PACKED} or (is_plain and encoding != "identity"):
        raise UnreadableError("The page is packed in a way that was not asked for.")
    data = b"<pre>" + answer.body.replace(b"&", b"&amp;").replace(b"<", b"&lt;") if is_plain else answer.body
    return take_apart(data, visit.url, charset, packed=encoding in PACKED)


def _page_facts(page: PageFacts) -> dict[str, Json]:
    return {
        "title": page.title,
        "language": page.language,
        "text": page.text,
        "links": list(page.links),
        "mails": list(page.mails),
        "handles": list(page.handles),
        "payments": [asdict(one) for one in page.payments],
        "times": list(page.times),
    }


def _media(visit: Visit, page: PageFacts | None) -> list[Json]:
    """What of the page is no text: where it lies, and its digest where the settings let it be loaded."""
    media = [*_itself(visit), *(page.media if page else ())]
    until, loaded, found = monotonic() + MEDIA_SECONDS, 0, []
    for medium in media:
        digest = medium.sha256
        if not digest and loaded < MOST_HASHED and _is_own(medium, visit.url):
            loaded += 1
            digest = _digest(medium.address, until)
        found.append({"kind": medium.kind, "address": medium.address, "sha256": digest})
    return list(found)


def _itself(visit: Visit) -> Iterator[Medium]:
    """An address may lead to a picture or a film itself; of that nothing was read."""
    kind = visit.answer.header("Content-Type").lower() if visit.answer else ""
    if kind.startswith(MEDIA_TYPES):
        yield Medium({"i": "picture", "v": "video", "a": "sound"}[kind[0]], visit.url)


def _is_own(medium: Medium, page: str) -> bool:
    """Whether it lies on the page's own host, and may be loaded at all."""
    if not settings.CONFIG.evidence_media or not medium.address:
        return False
    return urlsplit(medium.address)[:2] == urlsplit(page)[:2]


def _digest(url: str, until: float) -> str:
    """SHA-256 of a medium, which is dropped at once; nothing if it cannot be had whole."""
    left = until - monotonic()
    if left <= 0:
        return ""
    visit = fetch.look(url, takes=MEDIA_TYPES, most_bytes=MOST_MEDIUM, seconds=left)
    answer = visit.answer
    is_there = urlsplit(visit.url)[:2] == urlsplit(url)[:2]
    if answer is None or not is_there or answer.status != OK or not answer.is_whole or not answer.body:
        return ""
    return hashlib.sha256(answer.body).hexdigest()


def made(address: Address, *, by: Actor) -> PageRecord:
    """A record that is still empty."""
    return PageRecord(case_id=address.case_id, address=address, taken_at=time.now(), by=by)
