"""Files that only one reader can open, and in which nothing can be altered unseen: of any size, piece by piece.

    argine-sealed/1 <newline>
    one line of JSON: for whom, and what is needed to find the key again
    pieces of 64 KiB, each AES-256-GCM; the last one is marked, so that a file cut short is found

The key is derived (HKDF-SHA-256) from a passphrase by scrypt (RFC 7914), or from an agreement with the reader's X25519
key (RFC 7748): who writes a file can then not read it again. The head is bound to the key, so it cannot be altered; a
fresh key a file lets pieces be numbered without a nonce that repeats. It is the construction STREAM (Hoang,
Reyhanitabar, Rogaway, Vizár 2015), as in age. Who knows a reader's public half can write for them: that a file opens
does not say who wrote it.
"""

import base64
import io
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from argine.errors import ArgineError

MAGIC = b"argine-sealed/1\n"
PIECE = 64 * 1024
TAG_BYTES, KEY_BYTES, COUNTER_BYTES = 16, 32, 11
MOST_HEAD = 1000
SCRYPT_LOG_N, MOST_LOG_N = 17, 20  # 128 MiB of memory; a file may ask for 1 GiB at most
READER, IDENTITY = "argine-reader-", "argine-identity-"


class StreamError(ArgineError):
    code = "cannot_open_file"


@dataclass(frozen=True, slots=True)
class Passphrase:
    """Writes and reads."""

    text: str


@dataclass(frozen=True, slots=True)
class Reader:
    """The public half: who has it can write for the reader, and not read."""

    public: bytes

    def text(self) -> str:
        return READER + _text(self.public)

    @classmethod
    def parse(cls, text: str) -> "Reader":
        """Read the one-line form.

        Raises:
            StreamError: it is none.
        """
        return cls(_key_in(text, READER))


@dataclass(frozen=True, slots=True)
class Identity:
    """The private half."""

    private: bytes

    def text(self) -> str:
        return IDENTITY + _text(self.private)

    def reader(self) -> Reader:
        return Reader(X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> "Identity":
        """Read the one-line form.

        Raises:
            StreamError: it is none.
        """
        return cls(_key_in(text, IDENTITY))

    @classmethod
    def new(cls) -> "Identity":
        return cls(secrets.token_bytes(KEY_BYTES))


def _text(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def _key_in(text: str, kind: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text.strip().removeprefix(kind) + "=")
    except ValueError:
        key = b""
    if not text.strip().startswith(kind) or len(key) != KEY_BYTES:
        raise StreamError(f"Expected a key that begins with {kind}, got something else.")
    return key


class Writer(io.RawIOBase):
    """What is written here is sealed into `target`. Only `close` makes the file whole."""

    def __init__(self, target: IO[bytes], to: Passphrase | Reader) -> None:
        head, shared = _head_for(to)
        line = json.dumps(head, sort_keys=True).encode() + b"\n"
        target.write(MAGIC + line)
        self._target, self._cipher, self._count, self._left = target, _cipher(shared, line), 0, bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]  # io's own: anything with bytes in it
        self._left += view
        # One piece is held back: the last one has to be known as such.
        while len(self._left) > PIECE:
            self._seal(bytes(self._left[:PIECE]), is_last=False)
            del self._left[:PIECE]
        return view.nbytes

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._left), is_last=True)
        super().close()

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._count, is_last=is_last), piece, None))
        self._count += 1


class Opened(io.RawIOBase):
    """Reads what a `Writer` wrote. Each byte that comes out was checked; only the end says that nothing is missing.

    Raises:
        StreamError: the file is none, was altered, cut or added to, or the passphrase or key is another.
    """

    def __init__(self, source: IO[bytes], by: Passphrase | Identity) -> None:
        if source.read(len(MAGIC)) != MAGIC:
            raise StreamError("This is no file that Argine sealed, or of another version.")
        line = source.readline(MOST_HEAD)
        self._source, self._cipher = source, _cipher(_shared(_parse_head(line), by), line)
        self._next, self._count, self._ready, self._done = source.read(PIECE + TAG_BYTES), 0, b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # io's own
        while not self._ready and not self._done:
            self._open_next()
        taken = self._ready[: len(view)]
        view[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)

    def _open_next(self) -> None:
        piece, self._next = self._next, self._source.read(PIECE + TAG_BYTES)
        try:
            self._ready = self._cipher.decrypt(_nonce(self._count, is_last=not self._next), piece, None)
        except (InvalidTag, ValueError):
            reason = (
                "the passphrase or key is another, or it was altered" if not self._count else "it was altered or cut"
            )
            raise StreamError(f"The file cannot be opened: {reason}.") from None
        self._count, self._done = self._count + 1, not self._next


def _nonce(count: int, *, is_last: bool) -> bytes:
    return count.to_bytes(COUNTER_BYTES, "big") + bytes([is_last])


def _cipher(shared: bytes, head: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=None, info=MAGIC + head).derive(shared))


def _head_for(to: Passphrase | Reader) -> tuple[dict[str, object], bytes]:
    if isinstance(to, Passphrase):
        salt = secrets.token_bytes(KEY_BYTES)
        head: dict[str, object] = {"for": "passphrase", "salt": _text(salt), "log_n": SCRYPT_LOG_N}
        return head, _from_passphrase(to, salt, SCRYPT_LOG_N)
    once = X25519PrivateKey.generate()
    shared = once.exchange(X25519PublicKey.from_public_bytes(to.public))
    public = once.public_key().public_bytes_raw()
    return {"for": "reader", "reader": _text(to.public), "once": _text(public)}, shared


def _parse_head(line: bytes) -> dict[str, object]:
    try:
        head = json.loads(line)
    except (ValueError, RecursionError):
        head = None
    if not isinstance(head, dict):
        raise StreamError("The head of the file cannot be read.")
    return head


def _shared(head: dict[str, object], by: Passphrase | Identity) -> bytes:
    kinds: dict[object, Callable[[], bytes]] = {
        ("passphrase", Passphrase): lambda: _by_passphrase(head, by),
        ("reader", Identity): lambda: _by_identity(head, by),
    }
    make = kinds.get((head.get("for"), type(by)))
    if make is None:
        wanted = "a passphrase" if head.get("for") == "passphrase" else "the identity of its reader"
        raise StreamError(f"This file is opened by {wanted}.")
    try:
        return make()
    except (ValueError, TypeError, KeyError):
        raise StreamError("The head of the file cannot be read.") from None


def _by_passphrase(head: dict[str, object], by: Passphrase | Identity) -> bytes:
    log_n = head.get("log_n")
    if not isinstance(by, Passphrase) or not isinstance(log_n, int) or not 1 <= log_n <= MOST_LOG_N:
        raise ValueError
    return _from_passphrase(by, base64.urlsafe_b64decode(f"{head['salt']}="), log_n)


def _by_identity(head: dict[str, object], by: Passphrase | Identity) -> bytes:
    if not isinstance(by, Identity):
        raise TypeError
    if head.get("reader") != _text(by.reader().public):
        raise StreamError("This file was written for another reader.")
    public = X25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(f"{head['once']}="))
    return X25519PrivateKey.from_private_bytes(by.private).exchange(public)


def _from_passphrase(by: Passphrase, salt: bytes, log_n: int) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=1 << log_n, r=8, p=1).derive(by.text.encode())
