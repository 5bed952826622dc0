import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import argine
from argine.merkle import note
from argine.merkle.canonical import Json, canonical_json
from argine.merkle.checkpoint import Checkpoint
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey
from argine.merkle.receipt import make_receipt, verify_receipt
from argine.merkle.tree import inclusion_proof, leaf_hash, nodes_completed_by, root

ORIGIN = "desk.example/log"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEY = VerifierKey(ORIGIN, PRIVATE.public_key().public_bytes_raw())

ENTRIES = [{"event": "case.notice.received", "number": number} for number in range(11)]
NODES: dict[tuple[int, int], bytes] = {}


def node(level: int, index: int) -> bytes:
    return NODES[level, index]


for place, logged in enumerate(ENTRIES):
    for level, position, value in nodes_completed_by(place, leaf_hash(canonical_json(logged)), node):
        NODES[level, position] = value


def signed_head(size: int) -> str:
    return note.sign(Checkpoint(ORIGIN, size, root(size, node)).text(), ORIGIN, KEY.public, PRIVATE.sign)


def receipt(index: int = 4, size: int = 11) -> dict[str, Json]:
    entry = canonical_json(ENTRIES[index])
    return make_receipt(entry, index, signed_head(size), inclusion_proof(index, size, node))


def sent(value: Mapping[str, Json]) -> dict[str, object]:
    """What arrives after a receipt has been a file."""
    received: dict[str, object] = json.loads(json.dumps(value))
    return received


@pytest.mark.parametrize("index", range(11))
def test_a_receipt_proves_its_entry_and_place(index: int) -> None:
    verified = verify_receipt(sent(receipt(index)), [KEY])
    assert verified.entry == ENTRIES[index]
    assert verified.index == index
    assert (verified.checkpoint.origin, verified.checkpoint.size) == (ORIGIN, 11)


# Attacks


def test_a_changed_entry_is_found() -> None:
    altered = canonical_json(ENTRIES[4] | {"event": "case.decision.made"}).decode()
    with pytest.raises(MerkleError, match="Expected the root"):
        verify_receipt(receipt() | {"entry": altered}, [KEY])


def test_the_entry_of_another_receipt_is_found() -> None:
    with pytest.raises(MerkleError, match="Expected the root"):
        verify_receipt(receipt(4) | {"entry": receipt(5)["entry"]}, [KEY])


def test_another_place_is_found() -> None:
    with pytest.raises(MerkleError):
        verify_receipt(receipt(4) | {"index": 5}, [KEY])


def test_a_checkpoint_of_another_size_is_found() -> None:
    with pytest.raises(MerkleError):
        verify_receipt(receipt() | {"checkpoint": signed_head(10)}, [KEY])


def test_a_checkpoint_by_an_unknown_key_is_found() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\1")
    public = stranger.public_key().public_bytes_raw()
    head = note.sign(Checkpoint(ORIGIN, 11, root(11, node)).text(), ORIGIN, public, stranger.sign)
    with pytest.raises(MerkleError, match="unknown keys"):
        verify_receipt(receipt() | {"checkpoint": head}, [KEY])


def test_a_checkpoint_with_an_altered_root_is_found() -> None:
    head = signed_head(11).replace("\n11\n", "\n12\n")
    with pytest.raises(MerkleError, match="does not fit"):
        verify_receipt(receipt() | {"checkpoint": head}, [KEY])


def test_an_entry_logged_in_another_spelling_is_refused() -> None:
    spaced = json.dumps(ENTRIES[0]).encode()
    head = Checkpoint(ORIGIN, 1, leaf_hash(spaced)).text()
    forged = make_receipt(spaced, 0, note.sign(head, ORIGIN, KEY.public, PRIVATE.sign), [])
    with pytest.raises(MerkleError, match="canonical"):
        verify_receipt(forged, [KEY])


@pytest.mark.parametrize(
    "change",
    [
        {"format": "argine-receipt/2"},
        {"index": "4"},
        {"index": True},
        {"index": 4.0},
        {"index": -1},
        {"index": 10**30},
        {"entry": None},
        {"entry": "\ud800"},
        {"checkpoint": ["a"]},
        {"inclusion": "AAAA"},
        {"inclusion": [1]},
        {"inclusion": ["AAAA"]},
        {"inclusion": ["?"]},
        {"inclusion": []},
        {"more": 1},
    ],
)
def test_a_malformed_receipt_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(MerkleError, match=r"Expected|too short"):
        verify_receipt({**receipt(), **change}, [KEY])


@pytest.mark.parametrize("field", ["format", "entry", "index", "checkpoint", "inclusion"])
def test_a_receipt_that_lacks_a_field_is_refused(field: str) -> None:
    incomplete = {name: value for name, value in receipt().items() if name != field}
    with pytest.raises(MerkleError, match="fields"):
        verify_receipt(incomplete, [KEY])


def test_a_receipt_is_checked_with_the_standard_library_alone() -> None:
    # -I and -S: no installed package, no environment. Only the folder that holds `argine` is on the path.
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1])\n"
        "from argine.merkle.note import VerifierKey\n"
        "from argine.merkle.receipt import verify_receipt\n"
        "print(verify_receipt(json.load(sys.stdin), [VerifierKey.parse(sys.argv[2])]).index)"
    )
    sources = str(Path(argine.__file__).parent.parent)
    checked = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, sources, KEY.text()],
        input=json.dumps(receipt()),
        capture_output=True,
        text=True,
        check=True,
    )
    assert checked.stdout == "4\n"
