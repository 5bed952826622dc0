"""Checkpoints: the head of the log at one size, as the text of a signed note (C2SP tlog-checkpoint).

origin
number of leaves
base64(root hash)
<extension lines, if any>
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from argine.merkle import note
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey
from argine.merkle.text_forms import from_base64, to_base64
from argine.merkle.tree import HASH_BYTES

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


def parse(text: str) -> Checkpoint:
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
    signed = note.verify(note_text, verifier_keys)
    checkpoint = parse(signed.text)
    if all(signature.name != checkpoint.origin for signature in signed.signatures):
        raise MerkleError("Expected a signature by the key that bears the checkpoint's origin, got only others.")
    return checkpoint
