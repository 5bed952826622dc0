"""Handing one event to the platform's software: signed by RFC 9421 with Ed25519."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypedDict

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, SigningKey, VerificationKey, algorithms

from argine.desk.core import keys, time
from argine.desk.notify import outside
from argine.desk.notify.enums import Problem
from argine.desk.notify.errors import NotTakenError

TAG = "argine-webhook"
COVERED = ("@method", "@target-uri", "content-type", "content-digest")
GOOD_FOR = timedelta(minutes=5)
TAKEN = range(200, 300)
REDIRECTS = range(300, 400)
LATER = frozenset({408, 425, 429, *range(500, 600)})


@dataclass(slots=True)
class Request:
    """What is signed and sent."""

    url: str
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)


class PublicKey(TypedDict):
    """The key that signatures are checked with."""

    keyid: str
    algorithm: Literal["ed25519"]
    public_key: str


class _OwnKey(HTTPSignatureKeyResolver):
    def resolve_private_key(self, key_id: str) -> SigningKey:  # noqa: ARG002  # there is one
        return keys.webhook_key(settings.KEYS)

    def resolve_public_key(self, key_id: str) -> VerificationKey:  # noqa: ARG002  # there is one
        return _public()


def _public() -> Ed25519PublicKey:
    return keys.webhook_key(settings.KEYS).public_key()


def public_key() -> PublicKey:
    """What a platform needs to check signatures; `public_key` is the 32 bytes of it in base64."""
    raw = _public().public_bytes_raw()
    name = f"argine-{hashlib.sha256(raw).hexdigest()[:16]}"
    return {"keyid": name, "algorithm": "ed25519", "public_key": base64.b64encode(raw).decode()}


def signed(url: str, body: bytes) -> Request:
    """A request that carries an event, signed now."""
    request, now = Request(url), time.now()
    request.headers["Content-Type"] = "application/json"
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_OwnKey())
    signer.sign(
        request,
        key_id=public_key()["keyid"],
        created=now,
        expires=now + GOOD_FOR,
        nonce=secrets.token_urlsafe(16),
        label="argine",
        tag=TAG,
        covered_component_ids=COVERED,
        body=body,
    )
    return request


def hand_over(url: str, body: bytes) -> None:
    """Give an event to the platform's software.

    Raises:
        NotTakenError: it was not taken, or nobody knows: it is sent again, and the receiver knows it by its id.
    """
    request = signed(url, body)
    status = outside.post(url, body, request.headers, private=settings.CONFIG.webhook_private).status
    if status in REDIRECTS:
        raise NotTakenError(Problem.REDIRECTED)
    if status not in TAKEN:
        raise NotTakenError(Problem.LATER if status in LATER else Problem.NO)
