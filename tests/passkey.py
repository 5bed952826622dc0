"""A passkey as a browser registers one, and its answers, so that what an account with one can do is tried."""

import hashlib
import json
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils.http import int_to_base36
from fido2.cose import ES256
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

ID = b"a passkey of a test"
ORIGIN = "http://localhost"
NO_DEVICE = bytes(16)


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


TOUCHED = AuthenticatorData.FLAG.UP
PROVED = TOUCHED | AuthenticatorData.FLAG.UV
"""That its owner touched it; and that it asked for finger, face or PIN, too."""


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def answer(key: ec.EllipticCurvePrivateKey, challenge: str, staff_id: int, flags: AuthenticatorData.FLAG) -> str:
    """What a browser sends when a passkey has signed a challenge, as JSON; the owner is named in base 36, as kept."""
    data = AuthenticatorData.create(hashlib.sha256(b"localhost").digest(), flags, 0)
    client = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": ORIGIN}).encode()
    signature = key.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
    response = {
        "authenticatorData": text(bytes(data)),
        "clientDataJSON": text(client),
        "signature": text(signature),
        "userHandle": text(int_to_base36(staff_id).encode()),
    }
    return json.dumps({"type": "public-key", "id": text(ID), "rawId": text(ID), "response": response})


def credential(private: ec.EllipticCurvePrivateKey | None = None) -> dict[str, object]:
    """What django-allauth keeps of a passkey: the browser's answer to being asked for one."""
    key = ES256.from_cryptography_key((private or new_key()).public_key())
    attested = AttestedCredentialData.create(NO_DEVICE, ID, key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(hashlib.sha256(b"localhost").digest(), flags, 0, attested)
    client = json.dumps({"type": "webauthn.create", "challenge": text(ID), "origin": ORIGIN}).encode()
    response = {
        "attestationObject": text(bytes(AttestationObject.create("none", data, {}))),
        "clientDataJSON": text(client),
        "transports": ["internal"],
    }
    return {"type": "public-key", "id": text(ID), "rawId": text(ID), "response": response}
