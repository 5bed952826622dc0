"""A passkey as a browser registers one, so that pages of an account that has one can be shown."""

import hashlib
import json
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

ID = b"a passkey of a test"
ORIGIN = "http://localhost"
NO_DEVICE = bytes(16)


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def credential() -> dict[str, object]:
    """What django-allauth keeps of a passkey: the browser's answer to being asked for one."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
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
