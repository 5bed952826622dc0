"""Asking a partner over HTTP, by the guarded way outside."""

import json
import logging
import secrets
from collections.abc import Sequence
from urllib.parse import urlencode

from django.conf import settings

from argine.desk.core import outside
from argine.desk.core.outside import Answer, Limits, OutsideError, Request, exchange
from argine.desk.exchange import bundle
from argine.desk.exchange.bundle import BundleError, Page
from argine.desk.exchange.enums import Trouble
from argine.desk.exchange.models import Partner

LIMITS = Limits(seconds=60, most_bytes=8 * 1024 * 1024)
OK, NO_KEY = 200, frozenset({401, 403, 404})
NONCE_BYTES = 16
log = logging.getLogger(__name__)


def fetch(partner: Partner, after: int, limit: int) -> Page:
    """Read the next page of an Argine's feed.

    Raises:
        BundleError: it did not answer, or its answer proves nothing.
    """
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    query = urlencode({"after": after, "limit": limit, "nonce": nonce})
    answer = call(partner, f"/exchange/v1/feed?{query}", _bearer(partner))
    return bundle.read(answer.body, bytes(partner.public_key), nonce, after)


def send_feedback(partner: Partner, said: Sequence[dict[str, object]]) -> None:
    """Tell an Argine how far its entries are here; errors are those of `fetch`."""
    headers = {**_bearer(partner), "Content-Type": "application/json"}
    call(partner, "/exchange/v1/feedback", headers, json.dumps({"items": list(said)}).encode())


def call(
    partner: Partner,
    path: str,
    headers: dict[str, str],
    body: bytes | None = None,
    *,
    no_key: frozenset[int] = NO_KEY,
) -> Answer:
    """Send a request to a partner; an answer that is none is told as trouble.

    Raises:
        BundleError: it does not answer, or not as it should.
    """
    method = "GET" if body is None else "POST"
    request = Request(partner.url + path, method, body, headers, private=settings.CONFIG.exchange_private)
    try:
        answer = exchange(request, LIMITS)
    except OutsideError as error:
        raise BundleError(_why(partner, error)) from None
    if answer.status != OK:
        raise BundleError(Trouble.KEY if answer.status in no_key else Trouble.UNREACHABLE)
    if not answer.is_whole:
        raise BundleError(Trouble.UNREADABLE)
    return answer


def _why(partner: Partner, error: OutsideError) -> Trouble:
    """Why no answer came. One that cannot prove who it is may be somebody in between: told once, until it is over."""
    if error.trouble is not outside.Trouble.INSECURE:
        return Trouble.UNREACHABLE
    if partner.trouble != Trouble.INSECURE:
        log.warning("Partner %s cannot prove who it is: its certificate is wrong.", partner.pk)
    return Trouble.INSECURE


def _bearer(partner: Partner) -> dict[str, str]:
    return {"Authorization": f"Bearer {partner.secret}"}
