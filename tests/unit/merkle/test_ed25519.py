from hashlib import sha512

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from argine.merkle import ed25519
from argine.merkle.errors import MerkleError

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493

# RFC 8032 section 7.1: TEST 1, 2, 3 and SHA(abc): public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        b"",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        b"\x72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        b"\xaf\x82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        sha512(b"abc").digest(),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
            "3dca179c138ac17ad9bef1177331a704"
        ),
    ),
]
PUBLIC, MESSAGE, SIGNATURE = bytes.fromhex(RFC_8032[2][0]), RFC_8032[2][1], bytes.fromhex(RFC_8032[2][2])


def point(y: int, sign: int = 0) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032_verify(public: str, message: bytes, signature: str) -> None:
    ed25519.verify(bytes.fromhex(public), message, bytes.fromhex(signature))


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_it_agrees_with_the_cryptography_package(seed: bytes, message: bytes, flipped: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    ed25519.verify(public, message, signature)
    altered = (int.from_bytes(signature, "little") ^ 1 << flipped).to_bytes(64, "little")
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(altered, message)
    with pytest.raises(MerkleError):
        ed25519.verify(public, message, altered)


def test_another_message_is_refused() -> None:
    with pytest.raises(MerkleError, match="does not fit"):
        ed25519.verify(PUBLIC, MESSAGE + b"!", SIGNATURE)


def test_another_key_is_refused() -> None:
    with pytest.raises(MerkleError, match="does not fit"):
        ed25519.verify(bytes.fromhex(RFC_8032[0][0]), MESSAGE, SIGNATURE)


def test_a_second_signature_made_by_adding_the_group_order_is_refused() -> None:
    s = int.from_bytes(SIGNATURE[32:], "little") + ORDER
    with pytest.raises(MerkleError, match="group order"):
        ed25519.verify(PUBLIC, MESSAGE, SIGNATURE[:32] + s.to_bytes(32, "little"))


@pytest.mark.parametrize("y", [P, P + 1, P + 18])
def test_a_public_key_that_is_not_canonical_is_refused(y: int) -> None:
    with pytest.raises(MerkleError, match="canonical"):
        ed25519.verify(point(y), MESSAGE, SIGNATURE)


@pytest.mark.parametrize("key", [point(2), point(1, sign=1), point(P - 1, sign=1)])
def test_a_public_key_that_is_no_point_is_refused(key: bytes) -> None:
    with pytest.raises(MerkleError, match="not a point"):
        ed25519.verify(key, MESSAGE, SIGNATURE)


# Orders 1, 2, 4 and 8: such a key would accept one signature for every message.
@pytest.mark.parametrize(
    "key",
    [
        point(1),
        point(P - 1),
        point(0),
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    ],
)
def test_a_public_key_of_small_order_is_refused(key: bytes) -> None:
    with pytest.raises(MerkleError, match="small order"):
        ed25519.verify(key, MESSAGE, point(1) + bytes(32))


def test_a_commitment_that_is_not_canonical_is_refused() -> None:
    with pytest.raises(MerkleError, match="does not fit"):
        ed25519.verify(PUBLIC, MESSAGE, point(P + 1) + SIGNATURE[32:])


@pytest.mark.parametrize(("public", "signature"), [(PUBLIC[:31], SIGNATURE), (PUBLIC, SIGNATURE + b"\0")])
def test_a_key_or_signature_of_another_length_is_refused(public: bytes, signature: bytes) -> None:
    with pytest.raises(MerkleError, match="bytes, got"):
        ed25519.verify(public, MESSAGE, signature)
