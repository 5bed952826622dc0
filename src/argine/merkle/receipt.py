"""Receipts: one log entry with the proof that it stands in the log, as one JSON object.

{"format": "argine-receipt/1",
 "entry": canonical JSON text of the entry,
 "index": its place in the log,
 "checkpoint": signed note,
 "inclusion": [base64 of each sibling hash, from the leaf upwards]}
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from argine.merkle import checkpoint as checkpoints
from argine.merkle.canonical import Json, parse_canonical_json
from argine.merkle.checkpoint import Checkpoint
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey
from argine.merkle.text_forms import from_base64, to_base64
from argine.merkle.tree import leaf_hash, verify_inclusion

FORMAT = "argine-receipt/1"

_FIELDS = {"format", "entry", "index", "checkpoint", "inclusion"}


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a receipt proves: this entry stood at this index when the log had the checkpoint's size."""

    entry: Json
    index: int
    checkpoint: Checkpoint


def make_receipt(entry: bytes, index: int, checkpoint: str, inclusion: Sequence[bytes]) -> dict[str, Json]:
    """Put a receipt together.

    Args:
        entry: canonical JSON bytes of the log entry, those that were hashed.
        index: its place in the log, counted from 0.
        checkpoint: signed note of a checkpoint whose size is above the index.
        inclusion: proof of that index in a tree of that size.
    """
    return {
        "format": FORMAT,
        "entry": entry.decode(),
        "index": index,
        "checkpoint": checkpoint,
        "inclusion": [to_base64(sibling) for sibling in inclusion],
    }


def verify_receipt(receipt: Mapping[str, object], verifier_keys: Iterable[VerifierKey]) -> VerifiedReceipt:
    """Check a receipt with nothing but the log's public key.

    Raises:
        MerkleError: a field is missing, unknown or malformed; the checkpoint is not signed by a known key of
            its origin; or the entry is not in the log at that place.
    """
    if set(receipt) != _FIELDS:
        raise MerkleError(f"Expected a receipt with the fields {', '.join(sorted(_FIELDS))} and no others.")
    if receipt["format"] != FORMAT:
        raise MerkleError(f"Expected a receipt of the format {FORMAT}, got another one.")
    entry, index = _text(receipt, "entry"), _index(receipt)
    head = checkpoints.open_signed(_text(receipt, "checkpoint"), verifier_keys)
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
