"""Logs for the tests of proofs: a true one, and those that a dishonest operator makes who holds the log's own key."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from argine.merkle import note
from argine.merkle.canonical import canonical_json
from argine.merkle.checkpoint import Checkpoint
from argine.merkle.cosignature import WitnessKey, cosign
from argine.merkle.growth import Growth
from argine.merkle.note import VerifierKey
from argine.merkle.receipt import make_receipt
from argine.merkle.tree import consistency_proof, inclusion_proof, leaf_hash, nodes_completed_by, root

ORIGIN = "desk.example/log"
SALT = "5a" * 32
NOTICE = {"notice": "n-4", "statement": "It is me in this picture."}


def private(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


LOG, STRANGER, WITNESS = private(0), private(1), private(2)
KEY = VerifierKey(ORIGIN, LOG.public_key().public_bytes_raw())
WITNESS_KEY = WitnessKey("helpline.example/witness", WITNESS.public_key().public_bytes_raw())


def entry(number: int, at: str = "", **data: object) -> dict[str, object]:
    at = at or f"2026-01-01T00:00:{number:02}.000000Z"
    return {
        "index": number,
        "at": at,
        "event": "clock.warned",
        "subject": f"clock:{number}",
        "by": "system",
        "data": data,
    }


def committed(notice: Mapping[str, object] = NOTICE) -> str:
    return sha256(SALT.encode() + b"\n" + canonical_json(notice)).hexdigest()


def true_entries(size: int) -> list[dict[str, object]]:
    """A log whose entry 4 is the receipt of a notice."""
    entries = [entry(number) for number in range(size)]
    entries[4] |= {"event": "case.notice.received", "data": {"notice": "n-4", "commitment": committed()}}
    return entries


@dataclass
class Log:
    """A log over some entries, signed with a key; everything that its operator can hand out."""

    entries: Sequence[Mapping[str, object]]
    key: Ed25519PrivateKey = LOG
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, logged in enumerate(self.entries):
            completed = nodes_completed_by(index, leaf_hash(canonical_json(logged)), self.node)
            self.nodes.update({(level, place): value for level, place, value in completed})

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    @property
    def size(self) -> int:
        return len(self.entries)

    def checkpoint(self, size: int | None = None) -> str:
        size = self.size if size is None else size
        text = Checkpoint(ORIGIN, size, root(size, self.node)).text()
        return note.sign(text, ORIGIN, self.key.public_key().public_bytes_raw(), self.key.sign)

    def cosigned(self, size: int | None = None, at: int = 1_800_000_000) -> str:
        signed = self.checkpoint(size)
        return signed + cosign(note.parse(signed).text, WITNESS_KEY, at, WITNESS.sign).line()

    def entry_receipt(self, index: int = 4, checkpoint: str = "", size: int | None = None) -> dict[str, Any]:
        size = self.size if size is None else size
        proof = inclusion_proof(index, size, self.node)
        made = make_receipt(canonical_json(self.entries[index]), index, checkpoint or self.checkpoint(size), proof)
        received: dict[str, Any] = json.loads(json.dumps(made))
        return received

    def case_receipt(self, **changes: object) -> dict[str, Any]:
        log = self.entry_receipt()
        made = {"format": "argine-case-receipt/1", "notice": NOTICE, "salt": SALT, "log": log, "log_key": KEY.text()}
        return made | changes

    def growth(self, old: int, new: int | None = None) -> Growth:
        new = self.size if new is None else new
        return Growth(old, tuple(consistency_proof(old, new, self.node)), self.checkpoint(new))
