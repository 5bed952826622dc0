"""Signed notes: a text, an empty line, one line a signature (C2SP signed-note).

    text, one or more lines
    <empty line>
    — key-name base64(key id, 4 bytes || signature)

A verifier key is written `name+key id in hex+base64(0x01 || public key)`. Only signature type 0x01, Ed25519,
is spoken here; signatures of other keys and types are left alone, as the format asks, so that a note may gain
witnesses (`cosignature`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Self

from argine.merkle import ed25519
from argine.merkle.errors import MerkleError
from argine.merkle.text_forms import from_base64, to_base64

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100

_KEY_ID_BYTES = 4
_DASH = "\N{EM DASH} "


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Who may sign: a name and an Ed25519 public key of 32 bytes."""

    kind: ClassVar[bytes] = b"\x01"

    name: str
    public: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public) != ed25519.PUBLIC_KEY_BYTES:
            raise MerkleError(f"Expected a public key of {ed25519.PUBLIC_KEY_BYTES} bytes, got {len(self.public)}.")

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256(name, newline, type, public key)."""
        return sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:_KEY_ID_BYTES]

    def text(self) -> str:
        """Return the one-line form that is published and configured."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(self.kind + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the one-line form.

        Raises:
            MerkleError: malformed, another signature type, or a key id that does not fit.
        """
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        typed_key = from_base64(encoded, "verifier key")
        if typed_key[:1] != cls.kind:
            raise MerkleError(f"Expected an Ed25519 verifier key (type {cls.kind.hex()}), got another type.")
        key = cls(name, typed_key[1:])
        if key.key_id.hex() != key_id:
            raise MerkleError(f"Expected the key id {key.key_id.hex()} in the verifier key, got another one.")
        return key


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: name of the key, its 4-byte id, and what it made of the text."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends in a newline, and the signatures under it."""

    text: str
    signatures: tuple[Signature, ...]

    def format(self) -> str:
        """Return the signed note as it is published."""
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)


def parse(note_text: str) -> Note:
    """Read a signed note. Nothing in it is to be believed before `verify`.

    Raises:
        MerkleError: malformed, above 1,000,000 bytes, or with more than 100 signatures.
    """
    _check_characters(note_text)
    text, gap, block = note_text.rpartition("\n\n")
    if not gap or not block.endswith("\n"):
        raise MerkleError("Expected a text, an empty line and signature lines, each ended by a newline.")
    lines = block[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MerkleError(f"Expected at most {MAX_SIGNATURES} signatures, got {len(lines)}.")
    return Note(text + "\n", tuple(parse_signature(line) for line in lines))


def sign(text: str, name: str, key_public: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Make a signed note with one signature.

    Args:
        text: what is signed; ends in a newline.
        name: the key's name, without spaces or "+".
        key_public: its Ed25519 public key, 32 bytes.
        sign: signs bytes with the private key, which never comes here; returns 64 bytes.

    Raises:
        MerkleError: a text or name that the format does not allow.
    """
    key = VerifierKey(name, key_public)
    if not text.endswith("\n"):
        raise MerkleError("Expected a note text that ends in a newline.")
    note = Note(text, (Signature(name, key.key_id, sign(text.encode())),)).format()
    _check_characters(note)
    return note


def verify(note_text: str, verifier_keys: Iterable[VerifierKey]) -> Note:
    """Check a signed note against the keys that one trusts.

    Signatures of unknown keys are ignored, even if they share a known name or a known id.

    Returns:
        The note with only the signatures that were verified: at least one.

    Raises:
        MerkleError: malformed, no known key signed, or a known key's signature is wrong.
    """
    known = {(key.name, key.key_id): key for key in verifier_keys}
    note = parse(note_text)
    trusted = tuple(s for s in dict.fromkeys(note.signatures) if (s.name, s.key_id) in known)
    if not trusted:
        raise MerkleError(f"Expected a signature by a known key, got {len(note.signatures)} by unknown keys.")
    for signature in trusted:
        ed25519.verify(known[signature.name, signature.key_id].public, note.text.encode(), signature.value)
    return Note(note.text, trusted)


def parse_signature(line: str) -> Signature:
    """Read one signature line, without its newline.

    Raises:
        MerkleError: malformed.
    """
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise MerkleError("Expected a signature line: an em dash, a key name and base64.")
    _check_name(name)
    data = from_base64(encoded, "signature")
    if len(data) <= _KEY_ID_BYTES:
        raise MerkleError(f"Expected a signature of more than {_KEY_ID_BYTES} bytes, got {len(data)}.")
    return Signature(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])


def _check_name(name: str) -> None:
    if not name or "+" in name or any(_never_in_name(character) for character in name):
        raise MerkleError('Expected a key name without spaces, control characters or "+".')


def _never_in_name(character: str) -> bool:
    """A space, a control character, or half of a surrogate pair, which has no form in UTF-8."""
    return character.isspace() or character < " " or "\ud800" <= character <= "\udfff"


def _check_characters(note_text: str) -> None:
    try:
        length = len(note_text.encode())
    except UnicodeEncodeError:
        raise MerkleError("Expected a note in UTF-8, got half of a surrogate pair.") from None
    if length > MAX_NOTE_BYTES:
        raise MerkleError(f"Expected a note of at most {MAX_NOTE_BYTES} bytes, got {length}.")
    if any(character < " " and character != "\n" for character in note_text):
        raise MerkleError("Expected a note without control characters other than newline.")
