import hashlib
import re
import struct
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from argine.errors import ArgineError
from argine.index import HammingIndex, IndexFileError, hamming, segment

RANDOM = np.random.default_rng(5)
KEYS = np.arange(11, dtype=np.uint64)
CODES = RANDOM.integers(0, 256, (11, 32), np.uint8)
PAGE, HEAD_BYTES = 4096, 1024
FEW_SIZE = 4 * PAGE


def index_of(keys: np.ndarray, codes: np.ndarray) -> HammingIndex:
    index = HammingIndex()
    index.add(keys, codes)
    return index


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    index_of(KEYS, CODES).save(tmp_path / "bank.index")
    return tmp_path / "bank.index"


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("index") / "bank.index"
    index_of(KEYS, CODES).save(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a small index with all its tables."""
    path = tmp_path_factory.mktemp("index") / "tables.index"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment, "TABLES_FROM", 1)
        patch.setattr(hamming, "TABLES_FROM", 1)
        index_of(KEYS, CODES).save(path)
    return path


@pytest.fixture
def buckets_at_any_price(monkeypatch: pytest.MonkeyPatch) -> None:
    """Visit buckets even where comparing so few codes is faster."""
    monkeypatch.setattr(segment, "PROBE_COST", 0)
    monkeypatch.setattr(segment, "GIVE_UP_AFTER", 10**6)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch") / "bank.index"


def sections(content: bytes) -> list[tuple[int, int]]:
    count = struct.unpack_from("<I", content, 36)[0]
    return [struct.unpack_from("<QQ", content, 40 + 48 * number) for number in range(count)]


def open_and_verify(path: Path) -> HammingIndex:
    index = HammingIndex.open(path)
    index.verify()
    return index


def test_the_layout_is_a_head_and_sections_each_on_a_page(content: bytes) -> None:
    assert content[:8] == b"ARGINEHX"
    assert struct.unpack("<IIQQII", content[8:40]) == (2, 256, 11, 0, 4, 3)
    (order, keys, codes) = sections(content)
    assert (order, keys, codes) == ((PAGE, 512), (2 * PAGE, 44), (3 * PAGE, 352))
    assert content[keys[0] :][:44] == KEYS.astype("<u4").tobytes()
    assert content[codes[0] :][:352] == CODES.tobytes()
    assert len(content) == FEW_SIZE


def test_a_saved_index_holds_what_it_held_when_opened(saved: Path) -> None:
    index = open_and_verify(saved)
    found = index.search(CODES, 0)
    assert (len(index), found.query.tolist(), found.key.tolist()) == (11, KEYS.tolist(), KEYS.tolist())


@pytest.mark.parametrize("first", [0, 5, 2**32, 2**63, 2**64 - 12])
def test_keys_of_any_size_come_back(tmp_path: Path, first: int) -> None:
    keys = KEYS + np.uint64(first)
    index_of(np.append(keys, np.uint64(3)), np.append(CODES, CODES[:1], axis=0)).save(tmp_path / "keys")
    index = open_and_verify(tmp_path / "keys")
    assert sorted(index.search(CODES, 0).key.tolist()) == sorted([*keys.tolist(), 3])
    assert all(int(key) in index for key in keys)
    assert (first + 11 in index, 4 in index) == (False, first <= 4)


def test_an_empty_index_can_be_saved_and_opened(tmp_path: Path) -> None:
    HammingIndex().save(tmp_path / "empty")
    assert len(open_and_verify(tmp_path / "empty")) == 0


def test_an_index_of_another_width_comes_back_with_it(tmp_path: Path) -> None:
    index = HammingIndex(64)
    index.add(KEYS, CODES[:, :8].copy())
    index.save(tmp_path / "narrow")
    assert open_and_verify(tmp_path / "narrow").bits == 64


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
    assert len(open_and_verify(saved)) == 10


def test_merging_into_a_file_goes_on_from_that_file(saved: Path) -> None:
    index = HammingIndex.open(saved)
    index.remove(KEYS[:1])
    index.add(np.array([99], np.uint64), CODES[:1])
    index.merge(saved)
    assert index.stats().segments == 1
    for one in (index, open_and_verify(saved)):
        assert sorted(one.search(CODES, 0).key.tolist()) == [*range(1, 11), 99]


@given(bit=st.integers(0, FEW_SIZE * 8 - 1))
def test_any_flipped_bit_that_means_something_is_found(content: bytes, scratch: Path, bit: int) -> None:
    altered = bytearray(content)
    altered[bit // 8] ^= 1 << bit % 8
    scratch.write_bytes(altered)
    meaning = [(0, 1024), *sections(content)]
    if any(start <= bit // 8 < start + size for start, size in meaning):
        with pytest.raises(IndexFileError):
            open_and_verify(scratch)
    else:
        assert open_and_verify(scratch).search(CODES, 0).key.tolist() == KEYS.tolist()


@pytest.mark.usefixtures("buckets_at_any_price")
@pytest.mark.parametrize("section", range(8))
@pytest.mark.parametrize("where", [0.0, 0.3, 0.999])
def test_a_flipped_bit_in_any_table_is_found_and_never_harms_a_search(
    with_tables: Path, tmp_path: Path, section: int, where: float
) -> None:
    altered = bytearray(with_tables.read_bytes())
    start, size = sections(altered)[section]
    altered[start + int(size * where)] ^= 0x80
    path = tmp_path / "altered"
    path.write_bytes(altered)
    try:
        index = HammingIndex.open(path)
    except IndexFileError:
        return
    index.search(CODES, 31)
    index.search(RANDOM.integers(0, 256, (20, 32), np.uint8), 63)
    with pytest.raises(IndexFileError, match="altered since it was saved"):
        index.verify()


@pytest.mark.usefixtures("buckets_at_any_price")
def test_tables_full_of_nonsense_never_harm_a_search(with_tables: Path, tmp_path: Path) -> None:
    altered = bytearray(with_tables.read_bytes())
    for start, size in sections(altered)[4:]:
        altered[start : start + size] = RANDOM.bytes(size)
    (tmp_path / "nonsense").write_bytes(altered)
    index = HammingIndex.open(tmp_path / "nonsense")
    index.search(CODES, 63)
    with pytest.raises(IndexFileError):
        index.verify()


@given(length=st.integers(0, FEW_SIZE - 1))
def test_a_truncated_file_is_refused_wherever_it_ends(content: bytes, scratch: Path, length: int) -> None:
    scratch.write_bytes(content[:length])
    with pytest.raises(IndexFileError, match="cut short" if length >= 1024 else "is no Argine index"):
        HammingIndex.open(scratch)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: b"", "is no Argine index. Name a file that Argine saved"),
        (lambda content: b"\x89PNG\r\n\x1a\n" + content[8:], "is no Argine index"),
        (lambda content: content[:8] + struct.pack("<I", 3) + content[12:], "saved by a newer Argine. Update"),
        (lambda content: content[:8] + struct.pack("<I", 1) + content[12:], "saved by an older Argine, or is damaged"),
        (lambda content: content[:12] + struct.pack("<I", 64) + content[16:], "head of this index file is damaged"),
        (lambda content: content[:16] + b"\xff" * 8 + content[24:], "head of this index file is damaged"),
        (lambda content: content + b"\0", f"altered: {FEW_SIZE + 1} bytes, not {FEW_SIZE}"),
        (lambda content: content[:-1], f"cut short: {FEW_SIZE - 1} bytes of {FEW_SIZE}. Delete it and build"),
    ],
    ids=["empty", "foreign", "newer", "older", "code bits", "count", "longer", "shorter"],
)
def test_a_bad_file_is_refused_with_a_sentence_that_says_what_to_do(
    content: bytes, tmp_path: Path, change: object, message: str
) -> None:
    path = tmp_path / "bad.index"
    path.write_bytes(change(content))  # type: ignore[operator]
    with pytest.raises(IndexFileError, match=re.escape(message)):
        HammingIndex.open(path)


@given(at=st.integers(0, HEAD_BYTES - 33), change=st.binary(min_size=1, max_size=16), with_zeros=st.booleans())
@example(at=36, change=struct.pack("<I", 20), with_zeros=False)
@example(at=36, change=struct.pack("<I", 2**32 - 1), with_zeros=False)
@example(at=32, change=b"\5", with_zeros=True)
@example(at=40 + 48, change=struct.pack("<Q", 2**63), with_zeros=False)
@example(at=40, change=bytes(8), with_zeros=False)
def test_a_head_that_was_altered_with_its_checksum_is_refused_or_read_within_the_file(
    content: bytes, scratch: Path, at: int, change: bytes, with_zeros: bool
) -> None:
    head = bytearray(content[:HEAD_BYTES])
    head[at : at + len(change)] = change
    head = head[: HEAD_BYTES - 32] + hashlib.sha256(head[: HEAD_BYTES - 32]).digest()
    scratch.write_bytes(bytes(head) + (bytes(FEW_SIZE - HEAD_BYTES) if with_zeros else content[HEAD_BYTES:]))
    with suppress(IndexFileError):
        HammingIndex.open(scratch).verify()


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


def test_opening_takes_milliseconds_however_large_the_file(tmp_path: Path) -> None:
    count = 300_000
    index_of(np.arange(count, dtype=np.uint64), RANDOM.integers(0, 256, (count, 32), np.uint8)).save(tmp_path / "large")
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        HammingIndex.open(tmp_path / "large")
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.05
