from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from argine.merkle import note
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey

# Key, text and signature published with the Go implementation of signed notes.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
GO_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_NOTE = f"{GO_TEXT}\n— PeterNeumann {GO_SIGNATURE}\n"

KNOWN = VerifierKey.parse(GO_KEY)
PRIVATE = Ed25519PrivateKey.from_private_bytes(GO_SEED)
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
STRANGER_PUBLIC = STRANGER.public_key().public_bytes_raw()


def line(name: str, data: bytes) -> str:
    return f"— {name} {b64encode(data).decode()}\n"


def test_the_published_go_note_verifies() -> None:
    verified = note.verify(GO_NOTE, [KNOWN])
    assert verified.text == GO_TEXT
    assert [signature.name for signature in verified.signatures] == ["PeterNeumann"]


def test_signing_gives_the_published_go_note_byte_for_byte() -> None:
    assert note.sign(GO_TEXT, "PeterNeumann", KNOWN.public, PRIVATE.sign) == GO_NOTE


def test_a_verifier_key_is_written_as_it_was_read() -> None:
    assert KNOWN.text() == GO_KEY
    assert KNOWN.key_id.hex() == "c74f20a3"


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]) | st.just("\n")))
def test_any_text_without_control_characters_survives_signing(text: str) -> None:
    signed = note.sign(text + "\n", "example.org/log", STRANGER_PUBLIC, STRANGER.sign)
    key = VerifierKey("example.org/log", STRANGER_PUBLIC)
    assert note.verify(signed, [key]).text == text + "\n"
    assert note.parse(signed).format() == signed


def test_the_last_empty_line_ends_the_text() -> None:
    signed = note.sign("one\n\ntwo\n", "a", STRANGER_PUBLIC, STRANGER.sign)
    assert note.parse(signed).text == "one\n\ntwo\n"


# Attacks


def test_an_altered_text_is_refused() -> None:
    with pytest.raises(MerkleError, match="does not fit"):
        note.verify(GO_NOTE.replace("answer", "question"), [KNOWN])


def test_an_altered_signature_is_refused() -> None:
    data = bytearray(b64decode(GO_SIGNATURE))
    data[20] ^= 1
    with pytest.raises(MerkleError):
        note.verify(f"{GO_TEXT}\n{line('PeterNeumann', bytes(data))}", [KNOWN])


def test_a_note_without_a_known_signature_is_refused() -> None:
    with pytest.raises(MerkleError, match="got 1 by unknown keys"):
        note.verify(GO_NOTE, [VerifierKey("PeterNeumann", STRANGER_PUBLIC)])
    with pytest.raises(MerkleError, match="by unknown keys"):
        note.verify(GO_NOTE, [])


@pytest.mark.parametrize("name", ["PeterNeumann", "Someone"])
def test_unknown_signatures_beside_a_known_one_are_ignored(name: str) -> None:
    stranger = line(name, b"\x00\x00\x00\x01" + b"anything at all")
    verified = note.verify(GO_NOTE + stranger, [KNOWN])
    assert len(verified.signatures) == 1


def test_a_known_key_id_under_another_name_is_ignored() -> None:
    assert len(note.verify(GO_NOTE + line("Someone", KNOWN.key_id + bytes(64)), [KNOWN]).signatures) == 1


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    with pytest.raises(MerkleError):
        note.verify(GO_NOTE + line("PeterNeumann", KNOWN.key_id + bytes(64)), [KNOWN])


def test_a_repeated_signature_counts_once() -> None:
    repeated = GO_NOTE + GO_NOTE.split("\n\n")[1]
    assert len(note.verify(repeated, [KNOWN]).signatures) == 1


MALFORMED = {
    "nothing": "",
    "no signature": GO_TEXT,
    "no empty line": GO_TEXT + line("a", bytes(8)),
    "an empty signature block": GO_TEXT + "\n",
    "no newline at the end": GO_NOTE[:-1],
    "a hyphen for the dash": GO_NOTE.replace("—", "-"),
    "no name": GO_TEXT + "\n— " + GO_SIGNATURE + "\n",
    "an empty name": GO_TEXT + "\n—  " + GO_SIGNATURE + "\n",
    "a plus in the name": GO_TEXT + "\n" + line("a+b", bytes(8)),
    "a no-break space in the name": GO_TEXT + "\n" + line("a\N{NO-BREAK SPACE}b", bytes(8)),
    "a word too many": GO_NOTE[:-1] + " x\n",
    "a broken base64": GO_NOTE.replace("=\n", "\n"),
    "base64 with stray bits": GO_NOTE.replace("AM=\n", "AN=\n"),
    "a signature of a key id only": GO_TEXT + "\n" + line("a", bytes(4)),
    "a tab in the text": "a\tb\n\n" + line("a", bytes(8)),
    "a carriage return": GO_NOTE.replace("\n", "\r\n"),
    "half a surrogate pair": "\ud800\n\n" + line("a", bytes(8)),
    "too many signatures": GO_TEXT + "\n" + line("a", bytes(8)) * (note.MAX_SIGNATURES + 1),
    "too many bytes": "a" * note.MAX_NOTE_BYTES + "\n\n" + line("a", bytes(8)),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_note_is_refused(text: str) -> None:
    with pytest.raises(MerkleError, match="Expected"):
        note.verify(text, [KNOWN])


@given(st.text())
def test_any_text_is_either_a_note_or_refused_with_the_one_error(text: str) -> None:
    with pytest.raises(MerkleError):
        note.verify(text, [KNOWN])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+c74f20a3",
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("c74f20a3", "C74F20A3"),
        GO_KEY.replace("+AR", "+BR"),
        GO_KEY[:-4],
        "a b" + GO_KEY.removeprefix("PeterNeumann"),
        GO_KEY.removeprefix("PeterNeumann"),
        GO_KEY + "\n",
    ],
)
def test_a_malformed_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(MerkleError, match="Expected"):
        VerifierKey.parse(text)


@pytest.mark.parametrize(("text", "name"), [("no newline", "a"), ("a\n", "a b"), ("a\n", ""), ("\x07\n", "a")])
def test_a_text_or_name_that_the_format_forbids_is_not_signed(text: str, name: str) -> None:
    with pytest.raises(MerkleError, match="Expected"):
        note.sign(text, name, STRANGER_PUBLIC, STRANGER.sign)
