"""The log's tree of hashes, without any storage of its own.

A *complete* subtree covers 2**level leaves and is addressed by (level, index): it covers the leaves
index * 2**level up to, but not including, (index + 1) * 2**level. Its hash never changes again, so it can be
stored once. Everything else (the ragged right edge, any root, any proof) is computed from those in O(log n)
look-ups.

Hashing: RFC 6962 section 2.1 (unchanged in RFC 9162). Verification: RFC 9162 sections 2.1.3.2 and 2.1.4.2.
Every hash is SHA-256: 32 bytes.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TypeAlias

from argine.merkle.errors import MerkleError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

NodeReader: TypeAlias = Callable[[int, int], bytes]
"""Given level and index of a complete subtree, returns its stored hash."""

Node: TypeAlias = tuple[int, int, bytes]
"""Level, index and hash of a complete subtree."""


def leaf_hash(data: bytes) -> bytes:
    """Hash one log entry. The 0x00 in front keeps it from passing for a node (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two child hashes of 32 bytes each into their parent's (RFC 6962 section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def nodes_completed_by(leaf_index: int, leaf: bytes, get_node: NodeReader) -> list[Node]:
    """Return what to store when one leaf is appended: the leaf and each subtree that it completes.

    Args:
        leaf_index: place of the new leaf, counted from 0: the size of the tree before.
        leaf: its `leaf_hash`.
        get_node: reads the nodes stored before; asked for one left sibling a level.

    Returns:
        (level, index, hash) from the leaf upwards; two rows a leaf on average.
    """
    level, index, top = 0, leaf_index, leaf
    completed = [(level, index, top)]
    while index & 1:
        top = node_hash(get_node(level, index - 1), top)
        level, index = level + 1, index >> 1
        completed.append((level, index, top))
    return completed


def root(size: int, get_node: NodeReader) -> bytes:
    """Return the root of the first `size` leaves (RFC 6962 section 2.1); `EMPTY_ROOT` for none.

    Raises:
        MerkleError: the size is negative.
    """
    if size < 0:
        raise MerkleError(f"A tree has at least 0 leaves, not {size}.")
    return _range_hash(0, size, get_node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, get_node: NodeReader) -> list[bytes]:
    """Prove that leaf `index` is in the tree of the first `size` leaves (PATH of RFC 6962 section 2.1.1).

    Returns:
        The sibling hashes from the leaf up to the root: at most ceil(log2(size)) of 32 bytes.

    Raises:
        MerkleError: the tree has no such leaf.
    """
    _check_leaf(index, size)
    start, end, proof = 0, size, []
    while end - start > 1:
        middle = start + _left_size(end - start)
        if index < middle:
            proof.append(_range_hash(middle, end, get_node))
            end = middle
        else:
            proof.append(_range_hash(start, middle, get_node))
            start = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, get_node: NodeReader) -> list[bytes]:
    """Prove that the tree of `new` leaves begins with that of `old` leaves (PROOF of RFC 6962 section 2.1.2).

    Returns:
        At most ceil(log2(new)) + 1 hashes of 32 bytes; none if `old` is 0 or equals `new`.

    Raises:
        MerkleError: the old size is negative or above the new one.
    """
    _check_sizes(old, new)
    if old == 0:
        return []
    start, end, proof = 0, new, []
    while end != old:
        middle = start + _left_size(end - start)
        if old <= middle:
            proof.append(_range_hash(middle, end, get_node))
            end = middle
        else:
            proof.append(_range_hash(start, middle, get_node))
            start = middle
    # From the left edge on, the old tree is itself a subtree, whose hash the verifier has already.
    if start:
        proof.append(_range_hash(start, end, get_node))
    return proof[::-1]


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


def _range_hash(start: int, end: int, get_node: NodeReader) -> bytes:
    """Hash leaves start..end-1, where start is a multiple of the power of two at or above their number."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return get_node(level, start >> level)
    middle = start + _left_size(count)
    return node_hash(_range_hash(start, middle, get_node), _range_hash(middle, end, get_node))


def _left_size(count: int) -> int:
    """Return the largest power of two below `count` (>= 2): how many leaves lie in the left subtree."""
    return 1 << ((count - 1).bit_length() - 1)


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
