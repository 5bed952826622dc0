import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from argine.merkle import checkpoint, note
from argine.merkle.checkpoint import Checkpoint
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey

# The example of the tlog-checkpoint specification.
EXAMPLE = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = PRIVATE.public_key().public_bytes_raw()
lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1)


def signed(name: str) -> str:
    return note.sign(EXAMPLE, name, PUBLIC, PRIVATE.sign)


def test_the_example_of_the_specification_is_read_and_written_back() -> None:
    head = checkpoint.parse(EXAMPLE)
    assert (head.origin, head.size, head.root.hex()[:8]) == (
        "example.com/behind-the-sofa",
        20852163,
        "0ac5186a",
    )
    assert head.text() == EXAMPLE


@given(lines, st.integers(0, 10**19 - 1), st.binary(min_size=32, max_size=32), st.lists(lines, max_size=3))
def test_every_checkpoint_is_read_as_it_was_written(origin: str, size: int, root: bytes, extensions: list[str]) -> None:
    head = Checkpoint(origin, size, root, tuple(extensions))
    assert checkpoint.parse(head.text()) == head


MALFORMED = {
    "nothing": "",
    "no newline at the end": EXAMPLE[:-1],
    "two lines": "origin\n5\n",
    "no origin": f"\n5\n{ROOT}\n",
    "a leading zero": f"origin\n05\n{ROOT}\n",
    "a negative size": f"origin\n-5\n{ROOT}\n",
    "a size with a sign": f"origin\n+5\n{ROOT}\n",
    "digits of another script": f"origin\n\N{ARABIC-INDIC DIGIT FIVE}\n{ROOT}\n",
    "a size without end": f"origin\n{'9' * 5000}\n{ROOT}\n",
    "no root": "origin\n5\n\n",
    "a short root": "origin\n5\nAAAA\n",
    "a root in another alphabet": f"origin\n5\n{ROOT.replace('/', '_')}\n",
    "an empty extension": f"origin\n5\n{ROOT}\n\n",
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MerkleError, match="Expected"):
        checkpoint.parse(text)


@pytest.mark.parametrize("origin", ["", "two\nlines"])
def test_an_origin_that_is_not_one_line_is_refused(origin: str) -> None:
    with pytest.raises(MerkleError, match="one line"):
        Checkpoint(origin, 0, bytes(32))


def test_a_signed_checkpoint_is_opened_with_the_key_of_its_origin() -> None:
    name = "example.com/behind-the-sofa"
    assert checkpoint.open_signed(signed(name), [VerifierKey(name, PUBLIC)]) == checkpoint.parse(EXAMPLE)


def test_one_trusted_log_cannot_speak_for_another() -> None:
    with pytest.raises(MerkleError, match="origin"):
        checkpoint.open_signed(signed("other.example"), [VerifierKey("other.example", PUBLIC)])


@pytest.mark.parametrize("size", [-1, 10**19])
def test_a_size_that_no_checkpoint_can_write_is_refused(size: int) -> None:
    with pytest.raises(MerkleError, match="Expected a tree size"):
        Checkpoint("origin", size, bytes(32))
