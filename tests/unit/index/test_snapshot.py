import re
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argine.errors import ArgineError
from argine.index import HammingIndex, IndexFileError

RANDOM = np.random.default_rng(5)
KEYS = np.arange(11, dtype=np.uint64)
CODES = RANDOM.integers(0, 256, (11, 32), np.uint8)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    index = HammingIndex()
    index.add(KEYS, CODES)
    index.save(tmp_path / "bank.index")
    return tmp_path / "bank.index"


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("index") / "bank.index"
    index = HammingIndex()
    index.add(KEYS, CODES)
    index.save(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch") / "bank.index"


def test_the_layout_is_keys_then_codes_each_on_a_multiple_of_64_bytes(content: bytes) -> None:
    assert content[:8] == b"ARGINEHX"
    assert struct.unpack("<IIQ", content[8:24]) == (1, 256, 11)
    assert content[64 : 64 + 88] == KEYS.tobytes()
    assert content[192:] == CODES.tobytes()


def test_a_saved_index_holds_what_it_held_when_opened(saved: Path) -> None:
    index = HammingIndex.open(saved)
    found = index.search(CODES, 0)
    assert (len(index), found.query.tolist(), found.key.tolist()) == (11, KEYS.tolist(), KEYS.tolist())


def test_an_empty_index_can_be_saved_and_opened(tmp_path: Path) -> None:
    HammingIndex().save(tmp_path / "empty")
    assert len(HammingIndex.open(tmp_path / "empty")) == 0


def test_changes_after_opening_never_reach_the_file(saved: Path) -> None:
    before = saved.read_bytes()
    index = HammingIndex.open(saved)
    index.remove(KEYS[:5])
    index.add(np.array([99], np.uint64), CODES[:1])
    assert saved.read_bytes() == before
    assert len(index) == 7


def test_an_open_index_keeps_its_content_when_the_file_is_replaced(saved: Path) -> None:
    index = HammingIndex.open(saved)
    HammingIndex().save(saved)
    assert index.search(CODES, 0).key.tolist() == KEYS.tolist()


def test_an_index_may_be_saved_over_the_file_it_was_opened_from(saved: Path) -> None:
    index = HammingIndex.open(saved)
    index.remove(KEYS[:1])
    index.save(saved)
    assert len(HammingIndex.open(saved)) == 10


@given(bit=st.integers(0, (192 + 11 * 32) * 8 - 1))
def test_any_flipped_bit_is_found(content: bytes, scratch: Path, bit: int) -> None:
    altered = bytearray(content)
    altered[bit // 8] ^= 1 << bit % 8
    scratch.write_bytes(altered)
    with pytest.raises(IndexFileError):
        HammingIndex.open(scratch)


@given(length=st.integers(0, 192 + 11 * 32 - 1))
def test_a_truncated_file_is_refused_wherever_it_ends(content: bytes, scratch: Path, length: int) -> None:
    scratch.write_bytes(content[:length])
    with pytest.raises(IndexFileError, match="cut short" if length >= 64 else "is no Argine index"):
        HammingIndex.open(scratch)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: b"", "is no Argine index. Name a file that Argine saved"),
        (lambda content: b"\x89PNG\r\n\x1a\n" + content[8:], "is no Argine index"),
        (
            lambda content: content[:8] + struct.pack("<I", 2) + content[12:],
            "saved by a newer Argine. Update",
        ),
        (
            lambda content: content[:8] + struct.pack("<I", 0) + content[12:],
            "head of this index file is damaged",
        ),
        (
            lambda content: content[:12] + struct.pack("<I", 64) + content[16:],
            "head of this index file is damaged",
        ),
        (lambda content: content[:16] + b"\xff" * 8 + content[24:], "cut short"),
        (lambda content: content + b"\0", "altered: 545 bytes, not 544"),
        (
            lambda content: content[:-1] + bytes([content[-1] ^ 1]),
            "altered since it was saved. Delete it and build",
        ),
    ],
    ids=["empty", "foreign", "newer", "version 0", "code bits", "count", "longer", "last byte"],
)
def test_a_bad_file_is_refused_with_a_sentence_that_says_what_to_do(
    content: bytes, tmp_path: Path, change: object, message: str
) -> None:
    path = tmp_path / "bad.index"
    path.write_bytes(change(content))  # type: ignore[operator]
    with pytest.raises(IndexFileError, match=re.escape(message)):
        HammingIndex.open(path)


def test_the_error_is_argines_and_has_a_code() -> None:
    assert issubclass(IndexFileError, ArgineError)
    assert IndexFileError.code == "index_file"


def test_a_missing_file_is_an_ordinary_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        HammingIndex.open(tmp_path / "absent")


def test_a_failed_save_leaves_the_old_file_and_no_litter(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full_disk(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("argine.index.snapshot.os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        HammingIndex().save(saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]
