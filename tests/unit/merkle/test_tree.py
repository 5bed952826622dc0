from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argine.merkle.errors import MerkleError
from argine.merkle.tree import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    nodes_completed_by,
    root,
    verify_consistency,
    verify_inclusion,
)

# The eight inputs and the roots of their first 1..8, as published with the reference code of Certificate
# Transparency.
CT_INPUTS = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    bytes(range(0x40, 0x44)),
    bytes(range(0x50, 0x58)),
    bytes(range(0x60, 0x70)),
]
CT_ROOTS = [
    bytes.fromhex(text)
    for text in (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]

# The oracle: RFC 6962 section 2.1 read word for word, and a log that keeps its complete subtrees in a dict.


def split(count: int) -> int:
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def root_of(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = split(len(leaves))
    return node_hash(root_of(leaves[:k]), root_of(leaves[k:]))


def path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*path(index, leaves[:k]), root_of(leaves[k:])]
    return [*path(index - k, leaves[k:]), root_of(leaves[:k])]


def consistency(old: int, leaves: Sequence[bytes]) -> list[bytes]:
    return sub_proof(old, leaves, whole=True)


def sub_proof(old: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    k = split(len(leaves))
    if old <= k:
        return [*sub_proof(old, leaves[:k], whole=whole), root_of(leaves[k:])]
    return [*sub_proof(old - k, leaves[k:], whole=False), root_of(leaves[:k])]


class NaiveLog:
    def __init__(self, entries: Sequence[bytes] = ()) -> None:
        self.entries: list[bytes] = []
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.reads = 0
        for entry in entries:
            self.append(entry)

    @property
    def size(self) -> int:
        return len(self.entries)

    def append(self, entry: bytes) -> int:
        completed = nodes_completed_by(self.size, leaf_hash(entry), self.node)
        self.nodes |= {(level, index): value for level, index, value in completed}
        self.entries.append(entry)
        return len(completed)

    def node(self, level: int, index: int) -> bytes:
        self.reads += 1
        return self.nodes[level, index]


BIGGEST = 300
ENTRIES = [b"entry %d" % number for number in range(BIGGEST)]
LOG = NaiveLog(ENTRIES)
ROOTS = [root(size, LOG.node) for size in range(BIGGEST + 1)]

sizes = st.integers(1, BIGGEST)


def leaf(index: int) -> bytes:
    return leaf_hash(ENTRIES[index])


@st.composite
def size_and_index(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(sizes)
    return size, draw(st.integers(0, size - 1))


@st.composite
def old_and_new(draw: st.DrawFn) -> tuple[int, int]:
    new = draw(sizes)
    return draw(st.integers(0, new)), new


# What is known


def test_the_empty_tree_has_the_published_root() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root(0, LOG.node) == EMPTY_ROOT


def test_leaf_and_node_hashes_are_the_published_ones() -> None:
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert node_hash(b"N123", b"N456").hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


@pytest.mark.parametrize("size", range(1, 9))
def test_the_eight_standard_inputs_have_the_published_roots(size: int) -> None:
    assert root(size, NaiveLog(CT_INPUTS).node) == CT_ROOTS[size - 1]


def test_published_proofs_are_made_and_verified() -> None:
    log = NaiveLog(CT_INPUTS)
    included = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    grown = ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", *included[1:]]
    assert [sibling.hex() for sibling in inclusion_proof(5, 8, log.node)] == included
    assert [sibling.hex() for sibling in consistency_proof(6, 8, log.node)] == grown


# Every size, every index


def test_every_root_up_to_300_leaves_equals_the_naive_one() -> None:
    assert [root_of(ENTRIES[:size]) for size in range(BIGGEST + 1)] == ROOTS


@given(size_and_index())
def test_inclusion_proofs_equal_the_naive_ones_and_verify(case: tuple[int, int]) -> None:
    size, index = case
    proof = inclusion_proof(index, size, LOG.node)
    assert proof == path(index, ENTRIES[:size])
    verify_inclusion(leaf(index), index, size, proof, ROOTS[size])


@given(old_and_new())
def test_consistency_proofs_equal_the_naive_ones_and_verify(case: tuple[int, int]) -> None:
    old, new = case
    proof = consistency_proof(old, new, LOG.node)
    assert proof == (consistency(old, ENTRIES[:new]) if old else [])
    verify_consistency(old, ROOTS[old], new, ROOTS[new], proof)


def test_every_pair_up_to_40_leaves_verifies() -> None:
    for new in range(1, 41):
        for index in range(new):
            verify_inclusion(leaf(index), index, new, inclusion_proof(index, new, LOG.node), ROOTS[new])
        for old in range(new + 1):
            verify_consistency(old, ROOTS[old], new, ROOTS[new], consistency_proof(old, new, LOG.node))


# Cost


def test_appending_stores_two_nodes_a_leaf_on_average() -> None:
    assert sum(NaiveLog(ENTRIES[:size]).append(b"") for size in range(256)) == 2 * 256 - 1


@given(size_and_index())
def test_roots_and_proofs_need_few_look_ups(case: tuple[int, int]) -> None:
    size, index = case
    levels = size.bit_length()
    for ask in (lambda: root(size, LOG.node), lambda: inclusion_proof(index, size, LOG.node)):
        LOG.reads = 0
        ask()
        assert LOG.reads <= 2 * levels
    LOG.reads = 0
    consistency_proof(index, size, LOG.node)
    assert LOG.reads <= 2 * levels + 1


# Attacks on inclusion


@given(size_and_index())
def test_a_changed_leaf_is_found(case: tuple[int, int]) -> None:
    size, index = case
    proof = inclusion_proof(index, size, LOG.node)
    with pytest.raises(MerkleError, match="Expected the root"):
        verify_inclusion(leaf_hash(b"altered"), index, size, proof, ROOTS[size])


@given(size_and_index(), st.data())
def test_a_leaf_moved_to_another_place_is_found(case: tuple[int, int], data: st.DataObject) -> None:
    size, index = case
    other = data.draw(st.integers(0, size - 1).filter(lambda place: size == 1 or place != index))
    if other == index:
        return
    with pytest.raises(MerkleError):
        verify_inclusion(leaf(index), other, size, inclusion_proof(index, size, LOG.node), ROOTS[size])


@given(size_and_index())
def test_a_truncated_proof_is_found(case: tuple[int, int]) -> None:
    size, index = case
    proof = inclusion_proof(index, size, LOG.node)
    for cut in range(len(proof)):
        with pytest.raises(MerkleError, match="too short"):
            verify_inclusion(leaf(index), index, size, proof[:cut], ROOTS[size])


@given(size_and_index())
def test_an_extra_proof_node_is_found(case: tuple[int, int]) -> None:
    size, index = case
    proof = [*inclusion_proof(index, size, LOG.node), leaf(0)]
    with pytest.raises(MerkleError, match="too long"):
        verify_inclusion(leaf(index), index, size, proof, ROOTS[size])


def test_a_proof_in_another_order_is_found() -> None:
    proof = inclusion_proof(5, 8, LOG.node)
    with pytest.raises(MerkleError, match="Expected the root"):
        verify_inclusion(leaf(5), 5, 8, proof[::-1], ROOTS[8])


def test_a_proof_for_another_size_is_found() -> None:
    proof = inclusion_proof(5, 8, LOG.node)
    for size in (6, 7, 9, 16):
        with pytest.raises(MerkleError):
            verify_inclusion(leaf(5), 5, size, proof, ROOTS[size])


def test_a_node_cannot_pass_for_a_leaf() -> None:
    left, right = leaf(0), leaf(1)
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_proof_node_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(MerkleError, match=f"Expected a hash of 32 bytes, got {length}"):
        verify_inclusion(leaf(0), 0, 2, [b"x" * length], ROOTS[2])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3), (5, 3)])
def test_a_place_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(MerkleError, match="Expected a leaf index"):
        inclusion_proof(index, size, LOG.node)
    with pytest.raises(MerkleError, match="Expected a leaf index"):
        verify_inclusion(leaf(0), index, size, [], ROOTS[3])


# Attacks on consistency


@given(st.integers(2, BIGGEST), st.data())
def test_a_split_view_is_found(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    altered = data.draw(st.integers(0, old - 1))
    other = NaiveLog([*ENTRIES[:altered], b"another story", *ENTRIES[altered + 1 : new]])
    proof = consistency_proof(old, new, other.node)
    with pytest.raises(MerkleError):
        verify_consistency(old, ROOTS[old], new, root(new, other.node), proof)


@given(st.integers(3, 60), st.data())
def test_reordered_entries_are_found(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(2, new - 1))
    other = NaiveLog([*reversed(ENTRIES[:old]), *ENTRIES[old:new]])
    with pytest.raises(MerkleError):
        verify_consistency(old, ROOTS[old], new, root(new, other.node), consistency_proof(old, new, other.node))


@given(st.integers(2, BIGGEST), st.data())
def test_a_consistency_proof_with_a_node_more_or_less_is_found(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    proof = consistency_proof(old, new, LOG.node)
    for wrong in (proof[:-1], proof[1:], [*proof, leaf(0)], [leaf(0), *proof], []):
        with pytest.raises(MerkleError):
            verify_consistency(old, ROOTS[old], new, ROOTS[new], wrong)


@pytest.mark.parametrize("size", [0, 1, 7, 8])
def test_two_heads_of_one_size_must_be_the_same(size: int) -> None:
    verify_consistency(size, ROOTS[size], size, ROOTS[size], [])
    with pytest.raises(MerkleError):
        verify_consistency(size, ROOTS[size], size, leaf_hash(b"another"), [])
    with pytest.raises(MerkleError, match="proof is empty"):
        verify_consistency(size, ROOTS[size], size, ROOTS[size], [leaf(0)])


def test_an_empty_log_with_a_false_root_is_refused() -> None:
    with pytest.raises(MerkleError, match="Expected the root"):
        verify_consistency(0, leaf(0), 5, ROOTS[5], [])


def test_a_log_that_shrank_is_refused() -> None:
    with pytest.raises(MerkleError, match="Expected an old size from 0 to the new size 3, got 5"):
        verify_consistency(5, ROOTS[5], 3, ROOTS[3], [])
    with pytest.raises(MerkleError, match="Expected an old size"):
        consistency_proof(5, 3, LOG.node)


def test_a_negative_size_has_no_root() -> None:
    with pytest.raises(MerkleError, match="at least 0 leaves"):
        root(-1, LOG.node)
