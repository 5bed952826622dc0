"""Cosignatures: a witness saw that a checkpoint goes on from all before it (C2SP tlog-cosignature, v1).

    — witness-name base64(key id, 4 bytes || seconds since 1970, 8 bytes || Ed25519 signature, 64 bytes)

What is signed is `cosignature/v1`, `time <seconds>` and the checkpoint's text, each ended by a newline. The line stands
under the checkpoint beside the log's own: who trusts the witness need not trust the log to show everybody the same.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from argine.merkle import ed25519, note
from argine.merkle.errors import MerkleError
from argine.merkle.note import Signature, VerifierKey

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


def cosign(text: str, key: WitnessKey, at: int, sign: Callable[[bytes], bytes]) -> Signature:
    """Sign a checkpoint's text as a witness.

    Args:
        text: of the checkpoint, without signatures; ends in a newline.
        key: the witness's name and public key.
        at: seconds since 1970.
        sign: signs bytes with the private key, which never comes here; returns 64 bytes.

    Raises:
        MerkleError: the time is out of range.
    """
    return Signature(key.name, key.key_id, _time(at) + sign(_message(text, at)))


def verify_cosignatures(note_text: str, witnesses: Iterable[WitnessKey]) -> tuple[Cosignature, ...]:
    """Return the cosignatures of known witnesses under a checkpoint, which may be none; others are left alone.

    Raises:
        MerkleError: the note is malformed, or a known witness's line is wrong.
    """
    known = {(key.name, key.key_id): key for key in witnesses}
    signed = note.parse(note_text)
    lines = [line for line in dict.fromkeys(signed.signatures) if (line.name, line.key_id) in known]
    return tuple(_verified(signed.text, line, known[line.name, line.key_id]) for line in lines)


def _verified(text: str, line: Signature, key: WitnessKey) -> Cosignature:
    if len(line.value) != _TIME_BYTES + ed25519.SIGNATURE_BYTES:
        raise MerkleError(
            f"Expected a cosignature of {_TIME_BYTES + ed25519.SIGNATURE_BYTES} bytes, got another length."
        )
    at = int.from_bytes(line.value[:_TIME_BYTES], "big")
    _time(at)
    ed25519.verify(key.public, _message(text, at), line.value[_TIME_BYTES:])
    return Cosignature(line.name, at, line)


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _time(at: int) -> bytes:
    if not 0 <= at <= _LATEST:
        raise MerkleError("Expected a time of a cosignature from 0 to 2**63 - 1 seconds, got another.")
    return at.to_bytes(_TIME_BYTES, "big")
