#!/usr/bin/env python3
# Argine: check receipts of its log. Apache-2.0. One file, Python's standard library only.
# Made of src/argine/merkle by tools/one_file.py: change it there. Tests hold that both say the same.
"""Check receipts of an Argine log, on any computer with Python 3.11 or newer: no network, no package, no desk.

    python3 argine_verify.py receipt.json --key "argine-log/..."

It tells whether what a receipt says stands in the log, at its place, since its time. With checkpoints that somebody
kept (--checkpoint) and the log's proof that it grew from one to the other (--proof) it tells too whether the log is
still the one that others saw. The exit code is 0 if all holds, 6 if something does not, 2 if something is missing.
"""


import argparse
import json
import re
import sys
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256, sha512
from itertools import pairwise
from pathlib import Path
from typing import ClassVar, Self, TypeAlias


# -------------------- errors

class MerkleError(Exception):
    """A proof, note, checkpoint, entry or receipt that does not hold. The one error of this package.

    The text is one line that names what was expected and what was found.
    """

    code = "merkle"


# -------------------- text_forms: Small text forms that the C2SP formats share.

def to_base64(data: bytes) -> str:
    """Return standard base64 with padding, on one line (RFC 4648 section 4)."""
    return b64encode(data).decode("ascii")


def from_base64(text: str, what: str) -> bytes:
    """Decode standard base64 that is in its one canonical spelling, so that a text cannot be altered unseen.

    Args:
        text: the base64.
        what: its name in the error, such as "root hash".

    Raises:
        MerkleError: other characters, missing padding, or stray bits in the last character.
    """
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise MerkleError(f"Expected the {what} in standard base64, got something else.") from None
    if to_base64(data) != text:
        raise MerkleError(f"Expected the {what} in canonical base64, got another spelling of the same bytes.")
    return data


# -------------------- ed25519: Ed25519 verification in plain Python (RFC 8032 section 5.1): checking a receipt needs no package.

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_MINUS_1 = pow(2, (_P - 1) // 4, _P)
_SIGN_BIT = 1 << 255
_Point: TypeAlias = tuple[int, int, int, int]
_IDENTITY: _Point = (0, 1, 1, 0)


def ed25519_verify(public_key: bytes, message: bytes, signature: bytes) -> None:
    """Check one signature, strictly (RFC 8032 section 5.1.7, without the cofactor).

    Refused besides wrong signatures: S at or above the group order (a second signature made from a first),
    points not in their one canonical form, and a public key of small order (it would "sign" any message).

    Args:
        public_key: 32 bytes.
        message: the bytes that were signed.
        signature: 64 bytes.

    Raises:
        MerkleError: the key or the signature is malformed, or the signature is not of this key and message.
    """
    _check_length("public key", public_key, PUBLIC_KEY_BYTES)
    _check_length("signature", signature, SIGNATURE_BYTES)
    key_point = _decode(public_key)
    if _is_identity(_multiply_by_8(key_point)):
        raise MerkleError("The public key is a point of small order: no real key is.")
    nonce_point, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= _ORDER:
        raise MerkleError("The second half of the signature is at or above the group order.")
    challenge = int.from_bytes(sha512(nonce_point + public_key + message).digest(), "little") % _ORDER
    # [s]B - [challenge]A must be R; comparing encodings also refuses an R that is not canonical.
    if _encode(_sum_of_products(s, _BASE, challenge, _negate(key_point))) != nonce_point:
        raise MerkleError("The signature does not fit the key and the text.")


def _check_length(what: str, value: bytes, expected: int) -> None:
    if len(value) != expected:
        raise MerkleError(f"Expected a {what} of {expected} bytes, got {len(value)}.")


def _sum_of_products(a: int, p: _Point, b: int, q: _Point) -> _Point:
    """Return [a]p + [b]q with one shared chain of doublings (Straus)."""
    addend = (None, p, q, _add(p, q))
    total = _IDENTITY
    for bit in reversed(range(max(a.bit_length(), b.bit_length()))):
        total = _double(total)
        term = addend[(a >> bit & 1) | (b >> bit & 1) << 1]
        if term is not None:
            total = _add(total, term)
    return total


def _add(p: _Point, q: _Point) -> _Point:
    # RFC 8032 section 5.1.4; complete, so it also holds for p == q and for the identity.
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * p[3] * q[3] * _D % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _double(p: _Point) -> _Point:
    a, b = p[0] * p[0] % _P, p[1] * p[1] % _P
    h = a + b
    e = h - (p[0] + p[1]) * (p[0] + p[1]) % _P
    g = a - b
    f = 2 * p[2] * p[2] + g
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _negate(p: _Point) -> _Point:
    return -p[0] % _P, p[1], p[2], -p[3] % _P


def _multiply_by_8(p: _Point) -> _Point:
    return _double(_double(_double(p)))


def _is_identity(p: _Point) -> bool:
    return p[0] == 0 and p[1] == p[2]


def _encode(p: _Point) -> bytes:
    inverse = pow(p[2], -1, _P)
    x, y = p[0] * inverse % _P, p[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decode(data: bytes) -> _Point:
    number = int.from_bytes(data, "little")
    y, sign = number & (_SIGN_BIT - 1), number >> 255
    if y >= _P:
        raise MerkleError("The public key is not in canonical form: its y is at or above the field's prime.")
    x = _recover_x(y, sign)
    return x, y, 1, x * y % _P


def _recover_x(y: int, sign: int) -> int:
    # RFC 8032 section 5.1.3: the candidate root of u/v, corrected by sqrt(-1) where needed.
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P != u:
        x = x * _SQRT_MINUS_1 % _P
    if v * x * x % _P != u or (x == 0 and sign):
        raise MerkleError("The public key is not a point of the curve.")
    return x if x & 1 == sign else _P - x


_BASE = _decode((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


# -------------------- note: Signed notes: a text, an empty line, one line a signature (C2SP signed-note).

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
        if len(self.public) != PUBLIC_KEY_BYTES:
            raise MerkleError(f"Expected a public key of {PUBLIC_KEY_BYTES} bytes, got {len(self.public)}.")

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


def note_parse(note_text: str) -> Note:
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


def note_verify(note_text: str, verifier_keys: Iterable[VerifierKey]) -> Note:
    """Check a signed note against the keys that one trusts.

    Signatures of unknown keys are ignored, even if they share a known name or a known id.

    Returns:
        The note with only the signatures that were verified: at least one.

    Raises:
        MerkleError: malformed, no known key signed, or a known key's signature is wrong.
    """
    known = {(key.name, key.key_id): key for key in verifier_keys}
    note = note_parse(note_text)
    trusted = tuple(s for s in dict.fromkeys(note.signatures) if (s.name, s.key_id) in known)
    if not trusted:
        raise MerkleError(f"Expected a signature by a known key, got {len(note.signatures)} by unknown keys.")
    for signature in trusted:
        ed25519_verify(known[signature.name, signature.key_id].public, note.text.encode(), signature.value)
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
    if not name or "+" in name or any(character.isspace() or character < " " for character in name):
        raise MerkleError('Expected a key name without spaces, control characters or "+".')


def _check_characters(note_text: str) -> None:
    try:
        length = len(note_text.encode())
    except UnicodeEncodeError:
        raise MerkleError("Expected a note in UTF-8, got half of a surrogate pair.") from None
    if length > MAX_NOTE_BYTES:
        raise MerkleError(f"Expected a note of at most {MAX_NOTE_BYTES} bytes, got {length}.")
    if any(character < " " and character != "\n" for character in note_text):
        raise MerkleError("Expected a note without control characters other than newline.")


# -------------------- tree: The log's tree of hashes, without any storage of its own.

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash one log entry. The 0x00 in front keeps it from passing for a node (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two child hashes of 32 bytes each into their parent's (RFC 6962 section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], tree_root: bytes) -> None:
    """Check that the leaf hash stands at `index` in the tree of `size` leaves (RFC 9162 section 2.1.3.2).

    Args:
        leaf: `leaf_hash` of the entry, recomputed by the one who checks.
        index: claimed place, counted from 0.
        size: number of leaves, from a signed checkpoint.
        proof: sibling hashes from the leaf upwards.
        tree_root: root hash, from the same checkpoint.

    Raises:
        MerkleError: the proof does not hold.
    """
    _check_leaf(index, size)
    _check_hashes(leaf, tree_root, *proof)
    position, last, top = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise MerkleError(f"The inclusion proof is too long for a tree of {size}: it has {len(proof)} hashes.")
        if position & 1 or position == last:
            top = node_hash(sibling, top)
            position, last = _skip_levels_without_sibling(position, last)
        else:
            top = node_hash(top, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise MerkleError(f"The inclusion proof is too short for a tree of {size}: it has {len(proof)} hashes.")
    _check_same_root(top, tree_root)


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the log only grew between two checkpoints (RFC 9162 section 2.1.4.2).

    Raises:
        MerkleError: the proof does not hold: the two checkpoints may show two different logs.
    """
    _check_sizes(old_size, new_size)
    _check_hashes(old_root, new_root, *proof)
    if old_size in {0, new_size}:
        _check_trivial_consistency(old_size, old_root, new_size, new_root, proof)
        return
    if not proof:
        raise MerkleError(f"From {old_size} to {new_size} leaves a consistency proof has hashes; this one has none.")
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    old_top, new_top = _climb(path, old_size, new_size)
    _check_same_root(old_top, old_root)
    _check_same_root(new_top, new_root)


def _climb(path: Sequence[bytes], old_size: int, new_size: int) -> tuple[bytes, bytes]:
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_top = new_top = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise MerkleError(f"The consistency proof is too long for {old_size} to {new_size} leaves.")
        if position & 1 or position == last:
            old_top, new_top = node_hash(sibling, old_top), node_hash(sibling, new_top)
            position, last = _skip_levels_without_sibling(position, last)
        else:
            new_top = node_hash(new_top, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise MerkleError(f"The consistency proof is too short for {old_size} to {new_size} leaves.")
    return old_top, new_top


def _skip_levels_without_sibling(position: int, last: int) -> tuple[int, int]:
    # The last node of a level with an odd number of nodes rises unchanged until it is a right child.
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _check_trivial_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    if proof:
        raise MerkleError(f"From {old_size} to {new_size} leaves the proof is empty; this one has {len(proof)} hashes.")
    if old_size == 0:
        _check_same_root(old_root, EMPTY_ROOT)
    if old_size == new_size:
        _check_same_root(old_root, new_root)


def _check_leaf(index: int, size: int) -> None:
    if not 0 <= index < size:
        raise MerkleError(f"Expected a leaf index from 0 to {size - 1} in a tree of {size}, got {index}.")


def _check_sizes(old: int, new: int) -> None:
    if not 0 <= old <= new:
        raise MerkleError(f"Expected an old size from 0 to the new size {new}, got {old}.")


def _check_hashes(*hashes: bytes) -> None:
    for value in hashes:
        if len(value) != HASH_BYTES:
            raise MerkleError(f"Expected a hash of {HASH_BYTES} bytes, got {len(value)}.")


def _check_same_root(actual: bytes, expected: bytes) -> None:
    if actual != expected:
        raise MerkleError(f"Expected the root {expected.hex()}, but the proof leads to {actual.hex()}.")


# -------------------- checkpoint: Checkpoints: the head of the log at one size, as the text of a signed note (C2SP tlog-checkpoint).

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_FIXED_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of one log: whose log it is, how many leaves it has, and their root hash of 32 bytes."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(not line or "\n" in line for line in (self.origin, *self.extensions)):
            raise MerkleError("Expected an origin and extensions of one line each, none of them empty.")
        if not _SIZE.fullmatch(str(self.size)):
            raise MerkleError(f"Expected a tree size from 0 to 10**19 - 1, got {self.size}.")
        if len(self.root) != HASH_BYTES:
            raise MerkleError(f"Expected a root hash of {HASH_BYTES} bytes, got {len(self.root)}.")

    def text(self) -> str:
        """Return the text to be signed; it ends in a newline."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, to_base64(self.root), *self.extensions))


def checkpoint_parse(text: str) -> Checkpoint:
    """Read the text of a checkpoint, without signatures.

    Raises:
        MerkleError: fewer than three lines, an empty line, leading zeros, or a root that is no hash.
    """
    if not text.endswith("\n"):
        raise MerkleError("Expected a checkpoint that ends in a newline.")
    lines = text[:-1].split("\n")
    if len(lines) < _FIXED_LINES:
        raise MerkleError(f"Expected a checkpoint of at least {_FIXED_LINES} lines, got {len(lines)}.")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise MerkleError("Expected the tree size in decimal digits without leading zeros.")
    return Checkpoint(origin, int(size), from_base64(root, "root hash"), tuple(extensions))


def open_signed(note_text: str, verifier_keys: Iterable[VerifierKey]) -> Checkpoint:
    """Verify a signed checkpoint and read it.

    The log's own key must have signed, and it bears the origin as its name: otherwise one trusted log could
    speak for another.

    Raises:
        MerkleError: malformed, or not signed by a known key of that origin.
    """
    signed = note_verify(note_text, verifier_keys)
    checkpoint = checkpoint_parse(signed.text)
    if all(signature.name != checkpoint.origin for signature in signed.signatures):
        raise MerkleError("Expected a signature by the key that bears the checkpoint's origin, got only others.")
    return checkpoint


# -------------------- cosignature: Cosignatures: a witness saw that a checkpoint goes on from all before it (C2SP tlog-cosignature, v1).

_TIME_BYTES = 8
_LATEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class WitnessKey(VerifierKey):
    """Who may cosign: as a verifier key, of the type 0x04."""

    kind: ClassVar[bytes] = b"\x04"


@dataclass(frozen=True, slots=True)
class Cosignature:
    """That the witness `name` saw the log grow to the checkpoint, and nothing else, at `at` (seconds since 1970)."""

    name: str
    at: int
    signature: Signature


def verify_cosignatures(note_text: str, witnesses: Iterable[WitnessKey]) -> tuple[Cosignature, ...]:
    """Return the cosignatures of known witnesses under a checkpoint, which may be none; others are left alone.

    Raises:
        MerkleError: the note is malformed, or a known witness's line is wrong.
    """
    known = {(key.name, key.key_id): key for key in witnesses}
    signed = note_parse(note_text)
    lines = [line for line in dict.fromkeys(signed.signatures) if (line.name, line.key_id) in known]
    return tuple(_verified(signed.text, line, known[line.name, line.key_id]) for line in lines)


def _verified(text: str, line: Signature, key: WitnessKey) -> Cosignature:
    if len(line.value) != _TIME_BYTES + SIGNATURE_BYTES:
        raise MerkleError(
            f"Expected a cosignature of {_TIME_BYTES + SIGNATURE_BYTES} bytes, got another length."
        )
    at = int.from_bytes(line.value[:_TIME_BYTES], "big")
    _time(at)
    ed25519_verify(key.public, _message(text, at), line.value[_TIME_BYTES:])
    return Cosignature(line.name, at, line)


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _time(at: int) -> bytes:
    if not 0 <= at <= _LATEST:
        raise MerkleError("Expected a time of a cosignature from 0 to 2**63 - 1 seconds, got another.")
    return at.to_bytes(_TIME_BYTES, "big")


# -------------------- growth: Growth: a checkpoint, and the proof that it goes on from an older one, as a witness is asked (C2SP tlog-witness).

MAX_HASHES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


class MissingProofError(MerkleError):
    """Nothing is wrong, but two checkpoints of different sizes cannot be compared without a proof."""

    code = "merkle_proof_missing"


@dataclass(frozen=True, slots=True)
class Growth:
    """The proof that the log of `old` entries is the beginning of the one that the signed `checkpoint` is of."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def text(self) -> str:
        """Return the form that is sent and kept."""
        hashes = "".join(f"{to_base64(value)}\n" for value in self.proof)
        return f"old {self.old}\n{hashes}\n{self.checkpoint}"


def parse_growth(text: str) -> Growth:
    """Read a growth. Nothing in it is to be believed before it is verified.

    Raises:
        MerkleError: malformed, or with more than 63 hashes.
    """
    head, gap, checkpoint = text.partition("\n\n")
    old, *hashes = head.split("\n")
    found = _OLD.fullmatch(old)
    if found is None or not gap:
        raise MerkleError("Expected a line `old SIZE`, hashes, an empty line and a checkpoint.")
    if len(hashes) > MAX_HASHES:
        raise MerkleError(f"Expected at most {MAX_HASHES} hashes, got {len(hashes)}.")
    return Growth(int(found[1]), tuple(from_base64(value, "hash of the proof") for value in hashes), checkpoint)


def check_agreement(
    one: Checkpoint, other: Checkpoint, growths: Sequence[Growth], verifier_keys: Iterable[VerifierKey]
) -> None:
    """Check that two verified checkpoints are of one log: of the same, or with one as the beginning of the other.

    Raises:
        MissingProofError: their sizes differ and no growth leads from the one to the other; the text says what to get.
        MerkleError: they are of different logs, or of one that shows two faces.
    """
    old, new = sorted((one, other), key=lambda head: head.size)
    if old.origin != new.origin:
        raise MerkleError("The checkpoints are of two different logs: nothing can be compared.")
    if old.size == new.size:
        if old.root != new.root:
            raise MerkleError(f"The log has signed two different heads of {old.size} entries: it shows two faces.")
        return
    keys = list(verifier_keys)
    for growth in growths:
        head = open_signed(growth.checkpoint, keys)
        if (growth.old, head.size) == (old.size, new.size):
            if head.root != new.root:
                raise MerkleError(f"The log has signed two different heads of {new.size} entries: it shows two faces.")
            verify_consistency(old.size, old.root, new.size, new.root, growth.proof)
            return
    raise MissingProofError(
        f"One checkpoint is of {old.size} entries, the other of {new.size}: ask the log for the proof that it only "
        f"grew, at /api/v1/log/consistency?old={old.size}&new={new.size}, and give it with --proof."
    )


# -------------------- canonical: The one byte form of a log entry: canonical JSON (RFC 8785), without numbers that have a fraction.

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 32
Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"


def canonical_json(value: object) -> bytes:
    """Return the canonical bytes of null, booleans, whole numbers, text, lists and objects.

    Raises:
        MerkleError: any other type, a key that is not text, a number of 2**53 or more, broken Unicode, or
            more than 32 levels.
    """
    ordered = _ordered(value, MAX_DEPTH)
    try:
        return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise MerkleError("Expected text that UTF-8 can hold, got half of a surrogate pair.") from None


def parse_canonical_json(data: bytes) -> Json:
    """Read canonical bytes back, refusing any other spelling of the same value.

    So what is shown to a person and what was hashed are the same thing: no double key, no hidden white space.

    Raises:
        MerkleError: not JSON, or not in canonical form.
    """
    try:
        value: Json = json.loads(data.decode())
    except (ValueError, RecursionError):
        raise MerkleError("Expected an entry in JSON, got something else.") from None
    if canonical_json(value) != data:
        raise MerkleError("Expected an entry in canonical JSON, got another spelling of it.")
    return value


def _ordered(value: object, depth: int) -> Json:
    if depth < 0:
        raise MerkleError(f"Expected at most {MAX_DEPTH} levels in an entry, got more.")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return _checked_integer(value)
    if isinstance(value, Mapping):
        return {key: _ordered(value[key], depth - 1) for key in sorted(map(_checked_key, value), key=_utf16)}
    if isinstance(value, (list, tuple)):
        return [_ordered(item, depth - 1) for item in value]
    raise MerkleError(f"Expected null, booleans, whole numbers, text, lists or objects, got {type(value).__name__}.")


def _checked_integer(value: int) -> int:
    if abs(value) > MAX_INTEGER:
        raise MerkleError("Expected a whole number below 2**53 in size, got a larger one.")
    return value


def _checked_key(key: object) -> str:
    if not isinstance(key, str):
        raise MerkleError(f"Expected text as key, got {type(key).__name__}.")
    return key


def _utf16(key: str) -> bytes:
    # RFC 8785 section 3.2.3 sorts by UTF-16 code units. Broken text passes here and is refused at the end.
    return key.encode("utf-16-be", "surrogatepass")


# -------------------- receipt: Receipts: one log entry with the proof that it stands in the log, as one JSON object.

RECEIPT_FORMAT = "argine-receipt/1"
_RECEIPT_FIELDS = {"format", "entry", "index", "checkpoint", "inclusion"}


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a receipt proves: this entry stood at this index when the log had the checkpoint's size."""

    entry: Json
    index: int
    checkpoint: Checkpoint


def verify_receipt(receipt: Mapping[str, object], verifier_keys: Iterable[VerifierKey]) -> VerifiedReceipt:
    """Check a receipt with nothing but the log's public key.

    Raises:
        MerkleError: a field is missing, unknown or malformed; the checkpoint is not signed by a known key of
            its origin; or the entry is not in the log at that place.
    """
    if set(receipt) != _RECEIPT_FIELDS:
        raise MerkleError(f"Expected a receipt with the fields {', '.join(sorted(_RECEIPT_FIELDS))} and no others.")
    if receipt["format"] != RECEIPT_FORMAT:
        raise MerkleError(f"Expected a receipt of the format {RECEIPT_FORMAT}, got another one.")
    entry, index = _text(receipt, "entry"), _index(receipt)
    head = open_signed(_text(receipt, "checkpoint"), verifier_keys)
    verify_inclusion(leaf_hash(entry.encode()), index, head.size, _inclusion(receipt), head.root)
    return VerifiedReceipt(parse_canonical_json(entry.encode()), index, head)


def _text(receipt: Mapping[str, object], field: str) -> str:
    value = receipt[field]
    if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
        raise MerkleError(f"Expected text in the receipt's field {field}.")
    return value


def _index(receipt: Mapping[str, object]) -> int:
    value = receipt["index"]
    if not isinstance(value, int) or isinstance(value, bool):
        raise MerkleError("Expected a whole number in the receipt's field index.")
    return value


def _inclusion(receipt: Mapping[str, object]) -> list[bytes]:
    value = receipt["inclusion"]
    if not isinstance(value, list) or not all(isinstance(sibling, str) for sibling in value):
        raise MerkleError("Expected a list of base64 texts in the receipt's field inclusion.")
    return [from_base64(sibling, "sibling hash") for sibling in value]


# -------------------- case_receipt: Case receipts: a notice, and the proof that the log committed to it, as one JSON object.

CASE_RECEIPT_FORMAT = "argine-case-receipt/1"
EVENTS = {"case.notice.received", "case.notice.supplemented"}
_CASE_RECEIPT_FIELDS = {"format", "notice", "salt", "log", "log_key"}


def verify_case_receipt(receipt: Mapping[str, object], verifier_keys: Iterable[VerifierKey]) -> VerifiedReceipt:
    """Check that the log held the commitment to this very notice.

    The receipt's own `log_key` is not believed: who checks says which keys they trust.

    Raises:
        MerkleError: a field is missing, unknown or malformed; the log's part does not hold; or the entry is not
            the receipt of a notice, commits to another notice, or was made with another salt.
    """
    if set(receipt) != _CASE_RECEIPT_FIELDS:
        raise MerkleError(f"Expected a case receipt with the fields {', '.join(sorted(_CASE_RECEIPT_FIELDS))} and no others.")
    if receipt["format"] != CASE_RECEIPT_FORMAT:
        raise MerkleError(f"Expected a case receipt of the format {CASE_RECEIPT_FORMAT}, got another one.")
    notice, salt, log = receipt["notice"], receipt["salt"], receipt["log"]
    if not isinstance(notice, dict) or not isinstance(salt, str) or not isinstance(log, dict):
        raise MerkleError("Expected the notice and the log's part as objects, and the salt as text.")
    verified = verify_receipt(log, verifier_keys)
    _check_entry(verified.entry, notice, salt)
    return verified


def commitment(salt: str, facts: Mapping[str, object]) -> str:
    """What the log holds of facts: SHA-256 of the salt, a newline and their canonical JSON, in hexadecimal.

    Raises:
        MerkleError: the facts have no canonical form, or the salt is text that UTF-8 cannot hold.
    """
    try:
        return sha256(salt.encode() + b"\n" + canonical_json(facts)).hexdigest()
    except UnicodeEncodeError:
        raise MerkleError("Expected a salt that UTF-8 can hold, got half of a surrogate pair.") from None


def _check_entry(entry: object, notice: Mapping[str, object], salt: str) -> None:
    data = entry.get("data") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(data, dict) or entry.get("event") not in EVENTS:
        raise MerkleError("Expected the log entry of a notice that was received, got another one.")
    committed = commitment(salt, notice)
    if data.get("notice") != notice.get("notice") or data.get("commitment") != committed:
        raise MerkleError("The log committed to another notice than the one in this receipt.")


# -------------------- the program

HOLDS, MISSING, ALTERED = 0, 2, 6
MOST_BYTES = 16 * 1024 * 1024
LOG_KEY = "log_key"
END_OF_CALENDAR = 253_402_300_800  # the first second of the year 10000


class InputError(Exception):
    """A file that cannot be read, or is not what was asked for."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What the one who checks brings along: keys from elsewhere, checkpoints that were kept, proofs of growth."""

    key: VerifierKey
    kept: tuple[str, ...] = ()
    growths: tuple[Growth, ...] = ()
    witnesses: tuple[WitnessKey, ...] = ()


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line names, write what was found, return the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        trust = _trust(asked)
        heads = [open_signed(text, [trust.key]) for text in trust.kept]
        for path in asked.receipts:
            verified, cosigned = verify_any_receipt(_receipt(path), trust)
            heads.append(verified.checkpoint)
            _say(_told(path, verified, cosigned))
        check_one_log(heads, trust)
    except (InputError, OSError, MissingProofError) as error:
        _say(f"Cannot tell. {error}")
        return MISSING
    except MerkleError as error:
        _say(f"DOES NOT HOLD. {error}")
        return ALTERED
    _say(f"All holds: {len(asked.receipts)} receipts and {len(trust.kept)} checkpoints of one log.")
    return HOLDS


def verify_any_receipt(value: dict[str, object], trust: Trust) -> tuple[VerifiedReceipt, tuple[Cosignature, ...]]:
    """Check a receipt of a case, or of any entry of the log, and that each witness asked for cosigned its head.

    Raises:
        MerkleError: it does not hold.
    """
    if value.get("format") == CASE_RECEIPT_FORMAT:
        log = value.get("log")
        verified = verify_case_receipt(value, [trust.key])
    else:
        log = value
        plain = {name: part for name, part in value.items() if name != LOG_KEY}
        verified = verify_receipt(plain, [trust.key])
    return verified, cosigned_by(log, trust.witnesses)


def cosigned_by(log: object, witnesses: Sequence[WitnessKey]) -> tuple[Cosignature, ...]:
    """Check that each of the witnesses cosigned the head that a document's part `log` has.

    Raises:
        MerkleError: one did not.
    """
    cosigned = verify_cosignatures(str(log["checkpoint"]) if isinstance(log, dict) else "", witnesses)
    for witness in witnesses:
        if witness.name not in {found.name for found in cosigned}:
            raise MerkleError(f"The witness {witness.name} has not cosigned this receipt's checkpoint.")
    return cosigned


def check_one_log(heads: Sequence[Checkpoint], trust: Trust) -> None:
    """Check that all heads are of one log that only grew. Agreement carries over: each is held against the next larger.

    Raises:
        MissingProofError: a proof of growth is missing; the text says which.
        MerkleError: the log shows two faces.
    """
    for old, new in pairwise(sorted(heads, key=lambda head: head.size)):
        check_agreement(old, new, trust.growths, [trust.key])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("receipts", nargs="*", metavar="RECEIPT", help="receipt.json, as the person or the desk has it")
    parser.add_argument("--key", required=True, metavar="VKEY", help="the log's key, got from elsewhere; or @FILE")
    parser.add_argument("--checkpoint", action="append", default=[], metavar="FILE", help="a signed head that was kept")
    parser.add_argument(
        "--proof", action="append", default=[], metavar="FILE", help="the log's proof that it only grew"
    )
    parser.add_argument(
        "--witness", action="append", default=[], metavar="VKEY", help="a witness that must have cosigned"
    )
    return parser


def _trust(asked: argparse.Namespace) -> Trust:
    key = read_small(asked.key[1:]) if asked.key.startswith("@") else asked.key
    try:
        trusted = VerifierKey.parse(key.strip()), tuple(WitnessKey.parse(text.strip()) for text in asked.witness)
    except MerkleError as error:
        raise InputError(f"A key that was given is no such key. {error}") from None
    kept = tuple(read_small(path) for path in asked.checkpoint)
    return Trust(trusted[0], kept, tuple(parse_growth(read_small(path)) for path in asked.proof), trusted[1])


def read_small(name: str) -> str:
    """Read a text file of at most 16 MiB.

    Raises:
        OSError: it cannot be read.
        InputError: it is larger, or no text.
    """
    with Path(name).open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise InputError(f"{name} is not UTF-8 text.") from None
    if len(data) > MOST_BYTES:
        raise InputError(f"{name} is too large to be what is asked for.")
    return text


def _receipt(name: str) -> dict[str, object]:
    try:
        value = json.loads(read_small(name), object_pairs_hook=without_double_names)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise InputError(f"{name} is no receipt: it is not a JSON object.")
    return value


def without_double_names(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a name that stands there twice: other readers might show the other value.

    Raises:
        ValueError: one does.
    """
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands there twice")
    return dict(pairs)


def _told(path: str, verified: VerifiedReceipt, cosigned: Sequence[Cosignature]) -> str:
    entry = verified.entry if isinstance(verified.entry, dict) else {}
    head = verified.checkpoint
    lines = [
        f"{path}: entry {verified.index}, {entry.get('event')}, of {entry.get('at')},",
        f"  stands in the log {head.origin} of {head.size} entries.",
        *(f"  The witness {found.name} saw that log on {utc(found.at)}." for found in cosigned),
    ]
    return "\n".join(lines)


def _say(text: str) -> None:
    """Write for a person: nothing that came from a file may steer the terminal."""
    sys.stdout.write("".join(c if c.isprintable() or c == "\n" else "?" for c in text) + "\n")


def utc(seconds: int) -> str:
    """Write the instant of a cosignature for a person."""
    if seconds >= END_OF_CALENDAR:
        return "a day that no calendar has"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


if __name__ == "__main__":
    sys.exit(main())
