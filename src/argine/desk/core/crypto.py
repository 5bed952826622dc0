"""Sealing of personal fields: AES-256-GCM, bound to the row and column it stands in.

A sealed value is `version (1 byte) | key id (4) | nonce (12) | ciphertext and tag`. The place (table, column, primary
key) is associated data, so a value copied into another row or column does not open (NIST SP 800-38D). The key id is of
the key that sealed it, so that keys can be changed; values of version 1, of before there were ids, have none.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from argine.desk.core import keys
from argine.errors import ArgineError
from argine.merkle.canonical import Json, canonical_json

WITHOUT_ID, VERSION = b"\x01", b"\x02"
KEY_ID_BYTES = 4
NONCE_BYTES = 12
SALT_BYTES = 32


class SealError(ArgineError):
    code = "cannot_open"


@dataclass(frozen=True, slots=True)
class _Key:
    id: bytes
    cipher: AESGCM


@lru_cache
def _ring(folder: Path) -> tuple[_Key, ...]:
    """The keys of sealed fields, first the one that seals. While they are being changed there are two."""
    names = [keys.FIELDS_NEXT, keys.FIELDS] if (folder / keys.FIELDS_NEXT).exists() else [keys.FIELDS]
    return tuple(_key(keys.read(folder, name)) for name in names)


@lru_cache
def _retired(folder: Path) -> tuple[_Key, ...]:
    """Earlier keys that still lie there: for what is kept outside the database, which no change of keys reaches."""
    return tuple(_key(keys.read(folder, path.name)) for path in sorted(folder.glob(keys.ALL_RETIRED)))


def _key(secret: bytes) -> _Key:
    return _Key(hashlib.sha256(b"argine fields key\n" + secret).digest()[:KEY_ID_BYTES], AESGCM(secret))


def forget_keys() -> None:
    """Read the key files again at the next look: they were changed."""
    _ring.cache_clear()
    _retired.cache_clear()
    _pepper.cache_clear()


def newest_mark() -> bytes:
    """What every value begins with that was sealed with the key that seals now."""
    return VERSION + _ring(settings.KEYS)[0].id


def is_under_newest_key(blob: bytes) -> bool:
    """Whether a sealed value was sealed with the key that seals now."""
    return blob.startswith(newest_mark())


@lru_cache
def _pepper(folder: Path) -> bytes:
    return keys.read(folder, keys.CODES)


def seal(text: str, place: str) -> bytes:
    return seal_bytes(text.encode(), place)


def unseal(blob: bytes, place: str) -> str:
    """Open a sealed text; errors are those of `unseal_bytes`."""
    return unseal_bytes(blob, place).decode()


def seal_bytes(data: bytes, place: str) -> bytes:
    key, nonce = _ring(settings.KEYS)[0], secrets.token_bytes(NONCE_BYTES)
    return VERSION + key.id + nonce + key.cipher.encrypt(nonce, data, place.encode())


def unseal_bytes(blob: bytes, place: str) -> bytes:
    """Open a sealed value.

    Raises:
        SealError: it was altered, moved from another row, or sealed with another key.
    """
    return _opened(blob, place, _ring(settings.KEYS))


def brought_over(blob: bytes, place: str) -> bytes | None:
    """A value sealed with the key that seals now; None if neither that nor an earlier one that lies here opens it."""
    try:
        return seal_bytes(_opened(blob, place, _ring(settings.KEYS) + _retired(settings.KEYS)), place)
    except SealError:
        return None


def _opened(blob: bytes, place: str, ring: tuple[_Key, ...]) -> bytes:
    if blob[:1] == VERSION:
        start = 1 + KEY_ID_BYTES
        ring = tuple(key for key in ring if key.id == blob[1:start])
    elif blob[:1] == WITHOUT_ID:
        start = 1
    else:
        raise SealError("A stored field is of an unknown version.")
    nonce, body = blob[start : start + NONCE_BYTES], blob[start + NONCE_BYTES :]
    for key in ring:
        # Too short to be one at all is a ValueError of the library.
        with suppress(InvalidTag, ValueError):
            return key.cipher.decrypt(nonce, body, place.encode())
    raise SealError("A stored field cannot be opened: the row was altered, or fields.key is another.")


def new_salt() -> str:
    """Chance that makes a digest in the log tell nothing to who guesses what it is of: 32 bytes, in hexadecimal."""
    return secrets.token_hex(SALT_BYTES)


def salted_digest(salt: str, facts: Mapping[str, Json]) -> str:
    """What the log commits to: SHA-256 of the salt, a newline and the facts in canonical form, in hexadecimal.

    Without a salt, of the facts alone: rows of before they had one.
    """
    prefix = salt.encode() + b"\n" if salt else b""
    return hashlib.sha256(prefix + canonical_json(facts)).hexdigest()


def keyed_digest(purpose: str, text: str) -> bytes:
    """HMAC-SHA-256 under `codes.key`: finds again what is not stored, such as a case code."""
    return hmac.digest(_pepper(settings.KEYS), f"{purpose}\n{text}".encode(), hashlib.sha256)
