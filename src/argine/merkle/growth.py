"""Growth: a checkpoint, and the proof that it goes on from an older one, as a witness is asked (C2SP tlog-witness).

old <size of the older checkpoint>
base64(hash), one a line, at most 63
<empty line>
the newer checkpoint, with its signatures

With it anybody can hold a log to a checkpoint that was kept: one text, made by the log, checked offline.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from argine.merkle.checkpoint import Checkpoint, open_signed
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey
from argine.merkle.text_forms import from_base64, to_base64
from argine.merkle.tree import verify_consistency

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
