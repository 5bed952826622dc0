"""Sealing of personal fields: AES-256-GCM, bound to the row and column it stands in.

A sealed value is `version (1 byte) | nonce (12) | ciphertext and tag`. The place (table, column, primary key) is
associated data, so a value copied into another row or column does not open (NIST SP 800-38D).
"""

import hashlib
import hmac
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from argine.desk.core import keys
from argine.errors import ArgineError

VERSION = b"\x01"
NONCE_BYTES = 12
SALT_BYTES = 32


class SealError(ArgineError):
    code = "cannot_open"


@lru_cache
def _cipher(folder: Path) -> AESGCM:
    return AESGCM(keys.read(folder, keys.FIELDS))


@lru_cache
def _pepper(folder: Path) -> bytes:
    return keys.read(folder, keys.CODES)


def seal(text: str, place: str) -> bytes:
    return seal_bytes(text.encode(), place)


def unseal(blob: bytes, place: str) -> str:
    """Open a sealed text; errors are those of `unseal_bytes`."""
    return unseal_bytes(blob, place).decode()


def seal_bytes(data: bytes, place: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + _cipher(settings.KEYS).encrypt(nonce, data, place.encode())


def unseal_bytes(blob: bytes, place: str) -> bytes:
    """Open a sealed value.

    Raises:
        SealError: it was altered, moved from another row, or sealed with another key.
    """
    if blob[:1] != VERSION:
        raise SealError("A stored field is of an unknown version.")
    nonce, body = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
    try:
        return _cipher(settings.KEYS).decrypt(nonce, body, place.encode())
    except (InvalidTag, ValueError) as error:  # ValueError: cut so short that no nonce is left
        raise SealError("A stored field cannot be opened: the row was altered, or fields.key is another.") from error


def new_salt() -> str:
    """Chance that makes a digest in the log tell nothing to who guesses what it is of: 32 bytes, in hexadecimal."""
    return secrets.token_hex(SALT_BYTES)


def keyed_digest(purpose: str, text: str) -> bytes:
    """HMAC-SHA-256 under `codes.key`: finds again what is not stored, such as a case code."""
    return hmac.digest(_pepper(settings.KEYS), f"{purpose}\n{text}".encode(), hashlib.sha256)
