"""The tables against the oracle, on codes that are kind to them and on codes that are not."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argine.index import HammingIndex, Matches, bruteforce, ring, segment

COUNT = 40_000
RANDOM = np.random.default_rng(11)


def random_codes(count: int, width: int = 32) -> np.ndarray:
    return RANDOM.integers(0, 256, (count, width), np.uint8)


def index_of(codes: np.ndarray) -> HammingIndex:
    index = HammingIndex(codes.shape[1] * 8)
    index.add(np.arange(len(codes), dtype=np.uint64), codes)
    return index


def flipped(code: np.ndarray, bits: np.ndarray) -> np.ndarray:
    unpacked = np.unpackbits(code, bitorder="little")
    unpacked[bits] ^= 1
    return np.packbits(unpacked, bitorder="little")


def same(found: Matches, codes: np.ndarray, queries: np.ndarray, radius: int) -> bool:
    wanted = oracle(codes, queries, radius)
    return [found.query.tolist(), found.distance.tolist(), found.key.tolist()] == [w.tolist() for w in wanted]


def oracle(codes: np.ndarray, queries: np.ndarray, radius: int) -> list[np.ndarray]:
    """Answer for any width: query, distance, key, in the order that is promised."""
    if codes.shape[1] == 32:
        matches = bruteforce.search(np.arange(len(codes), dtype=np.uint64), codes, queries, radius)
        return [matches.query, matches.distance, matches.key]
    distances = np.array([np.bitwise_count(codes ^ query).sum(axis=1, dtype=np.int64) for query in queries])
    query, key = np.nonzero(distances <= radius)
    distance = distances[query, key]
    order = np.lexsort((key, distance, query))
    return [query[order], distance[order], key[order]]


@pytest.fixture(scope="module")
def codes() -> np.ndarray:
    """Random codes, with clusters of near ones among them."""
    codes = random_codes(COUNT)
    for number in range(0, 2000, 2):
        bits = RANDOM.choice(256, RANDOM.integers(0, 80), replace=False)
        codes[number + 1] = flipped(codes[number], bits)
    return codes


@pytest.fixture(scope="module")
def index(codes: np.ndarray) -> HammingIndex:
    return index_of(codes)


@pytest.fixture(scope="module", params=[0, segment.PROBE_COST], ids=["buckets at any price", "what is cheaper"])
def price(request: pytest.FixtureRequest) -> Iterator[None]:
    """Visit buckets even where comparing all these few codes would be faster."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment, "PROBE_COST", request.param)
        yield


pytestmark = pytest.mark.usefixtures("price")


@pytest.mark.parametrize("radius", [0, 1, 2, 7, 14, 15, 16, 30, 31, 32, 33, 40, 46, 47, 48, 55, 62, 63, 64, 90])
def test_it_finds_what_brute_force_finds_at_every_radius(index: HammingIndex, codes: np.ndarray, radius: int) -> None:
    queries = codes[RANDOM.integers(0, 2000, 40)]
    assert same(index.search(queries, radius), codes, queries, radius)
    one = index.search(queries[:1], radius)
    assert same(one, codes, queries[:1], radius)


def even_spread(distance: int) -> np.ndarray:
    """Flip bits one in each chunk, then a second in each: no chunk is nearer than it must be."""
    grid = RANDOM.permuted(np.arange(256).reshape(16, 16), axis=1)
    return grid[RANDOM.permutation(16)].T.reshape(-1)[:distance]


def one_side(distance: int) -> np.ndarray:
    """Flip whole chunks, as many as it takes."""
    return (np.arange(distance) + 16 * RANDOM.integers(0, 16)) % 256


def ascending(distance: int) -> np.ndarray:
    """Put more and more into each chunk round the ring, so that few starts keep all bounds."""
    start, chosen = RANDOM.integers(0, 16), []
    share = np.arange(16) / np.arange(16).sum() * distance
    for step, want in enumerate(np.diff(np.rint(np.concatenate([[0], np.cumsum(share)]))).astype(int)):
        chunk = (start + step) % 16
        chosen += (16 * chunk + RANDOM.choice(16, min(want, 16), replace=False)).tolist()
    return np.array(chosen, np.int64)


def anywhere(distance: int) -> np.ndarray:
    return RANDOM.choice(256, distance, replace=False)


@pytest.mark.parametrize("spread", [anywhere, even_spread, one_side, ascending])
@pytest.mark.parametrize("radius", [31, 39, 47, 63])
def test_a_neighbour_at_every_distance_is_found_however_its_bits_are_spread(
    index: HammingIndex, codes: np.ndarray, radius: int, spread: object
) -> None:
    rows = RANDOM.integers(2000, COUNT, radius + 1)
    queries = np.stack([flipped(codes[row], spread(distance)) for distance, row in enumerate(rows)])  # type: ignore[operator]
    found = index.search(queries, radius)
    hits = set(zip(found.query.tolist(), found.key.tolist(), strict=True))
    assert {(number, row) for number, row in enumerate(rows.tolist())} <= hits
    assert same(found, codes, queries, radius)


@given(
    radius=st.integers(0, 63),
    shares=st.lists(st.integers(0, 16), min_size=16, max_size=16),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=200)
def test_any_spread_of_differing_bits_within_the_radius_is_found(
    index: HammingIndex, codes: np.ndarray, radius: int, shares: list[int], seed: int
) -> None:
    random = np.random.default_rng(seed)
    bits = np.concatenate([16 * c + random.choice(16, share, replace=False) for c, share in enumerate(shares)])
    row = int(random.integers(2000, COUNT))
    query = flipped(codes[row], random.permutation(bits)[:radius].astype(np.int64))
    assert row in index.search(query.reshape(1, -1), radius).key.tolist()


@pytest.mark.parametrize("bits", [64, 128, 192, 320, 512])
@pytest.mark.parametrize("radius", [0, 5, 11, 31, 63])
def test_codes_of_other_widths_are_found(bits: int, radius: int) -> None:
    codes = random_codes(COUNT, bits // 8)
    rows = RANDOM.integers(0, COUNT, 12)
    spread = [RANDOM.choice(bits, min(radius, bits) * n // 12, replace=False) for n in range(12)]
    queries = np.stack([flipped(codes[row], chosen) for row, chosen in zip(rows, spread, strict=True)])
    assert same(index_of(codes).search(queries, radius), codes, queries, radius)


def equal_codes() -> np.ndarray:
    return np.repeat(random_codes(1), COUNT, axis=0)


def one_bucket_in_every_table() -> np.ndarray:
    """Make codes with one bit set somewhere: nearly all share the bucket of zero in each table."""
    codes = np.zeros((COUNT, 32), np.uint8)
    codes[np.arange(COUNT), RANDOM.integers(0, 32, COUNT)] = 1 << RANDOM.integers(0, 8, COUNT)
    return codes


def one_bucket_in_one_table() -> np.ndarray:
    codes = random_codes(COUNT)
    codes[:, :2] = 7
    return codes


def two_clusters() -> np.ndarray:
    codes = np.repeat(random_codes(2), COUNT // 2, axis=0)
    codes[np.arange(COUNT), RANDOM.integers(0, 32, COUNT)] ^= 1 << RANDOM.integers(0, 8, COUNT).astype(np.uint8)
    return codes


def repeated_bits() -> np.ndarray:
    """Repeat 64 bits four times, as flat pictures do: chunks say the same and the bits must be dealt out anew."""
    return np.repeat(random_codes(COUNT, 8), 4, axis=1)


HOSTILE = [equal_codes, one_bucket_in_every_table, one_bucket_in_one_table, two_clusters, repeated_bits]


@pytest.mark.parametrize("make", HOSTILE)
@pytest.mark.parametrize("radius", [0, 31, 47])
def test_codes_that_crowd_into_few_buckets_are_all_found(make: object, radius: int) -> None:
    codes = make()  # type: ignore[operator]
    index = index_of(codes)
    assert index.stats().largest_bucket >= COUNT // 65536
    queries = np.concatenate([codes[:2], codes[-1:], flipped(codes[0], np.arange(radius)).reshape(1, -1), ~codes[:1]])
    assert same(index.search(queries, radius), codes, queries, radius)
    assert same(index.search(queries[:1], radius), codes, queries[:1], radius)


def test_the_largest_bucket_tells_of_codes_that_are_alike() -> None:
    assert index_of(equal_codes()).stats().largest_bucket == COUNT
    assert index_of(random_codes(COUNT)).stats().largest_bucket < 20


def test_bits_that_repeat_one_another_are_put_in_different_chunks() -> None:
    alike = repeated_bits()
    pair = HammingIndex()
    pair.add(np.arange(COUNT, dtype=np.uint64), alike)
    chunks = alike.view(np.uint16)
    unlearned = max(int(np.bincount(column).max()) for column in chunks.T)
    assert pair.stats().largest_bucket < unlearned / 4


def test_more_results_than_foreseen_all_come_back() -> None:
    codes = equal_codes()
    found = index_of(codes).search(codes[:3], 31)
    assert len(found) == 3 * COUNT
    assert found.key.tolist() == 3 * list(range(COUNT))


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_a_batch_shared_by_threads_has_the_same_answer(index: HammingIndex, codes: np.ndarray, threads: int) -> None:
    queries = codes[:101]
    assert same(index.search(queries, 40, threads=threads), codes, queries, 40)


def rings() -> Iterator[tuple[int, int]]:
    yield from ((radius, chunks) for chunks in (4, 8, 16, 32) for radius in range(4 * chunks))


@pytest.mark.parametrize(("radius", "chunks"), [(0, 16), (31, 16), (39, 16), (47, 16), (63, 16), (10, 4), (63, 32)])
def test_the_weights_of_a_plan_sum_up_to_one_more_than_the_radius(radius: int, chunks: int) -> None:
    plan = ring.plan(radius, chunks)
    assert plan is not None
    assert plan.weights.sum() == radius + 1
    assert plan.weights.max() - plan.weights.min() <= 1


def test_every_radius_below_four_bits_a_chunk_has_a_plan_and_none_above() -> None:
    assert all(ring.plan(radius, chunks) is not None for radius, chunks in rings())
    assert all(ring.plan(4 * chunks, chunks) is None for chunks in (4, 8, 16, 32))


@given(shares=st.lists(st.integers(0, 16), min_size=16, max_size=16), slack=st.integers(0, 63))
def test_the_ring_has_a_start_from_which_every_bound_holds(shares: list[int], slack: int) -> None:
    """The principle itself, in plain arithmetic."""
    radius = sum(shares) + slack
    weights = np.diff(np.arange(17) * (radius + 1) // 16).tolist()
    starts = [
        all(sum((shares * 2)[i : i + n]) < sum((weights * 2)[i : i + n]) for n in range(1, 17)) for i in range(16)
    ]
    assert any(starts)


def test_more_codes_than_a_segment_can_number_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "MOST_ROWS", COUNT - 1)
    with pytest.raises(ValueError, match=r"one segment holds at most 39,999 codes, not 40,000"):
        index_of(random_codes(COUNT))


@pytest.mark.parametrize("bits", [0, 32, 100, 576, 256.0, True, None])
def test_a_width_that_is_no_multiple_of_64_up_to_512_is_refused(bits: int) -> None:
    with pytest.raises(ValueError, match="a code has a multiple of 64 bits, up to 512"):
        HammingIndex(bits)


def test_every_array_in_memory_begins_on_a_cache_line() -> None:
    wanted = segment.layout(segment.TABLES_FROM, 256, np.uint32, with_tables=True)

    assert {array.ctypes.data % 64 for array in segment.anonymous(wanted).values()} == {0}
