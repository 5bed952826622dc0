import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from argine.index import bruteforce

code = st.binary(min_size=32, max_size=32).map(lambda data: np.frombuffer(data, np.uint8))


@given(one=code, other=code)
def test_the_distance_is_the_number_of_differing_bits(one: np.ndarray, other: np.ndarray) -> None:
    bits = np.unpackbits(one) != np.unpackbits(other)
    assert bruteforce.distances(one.reshape(1, 32), other).tolist() == [np.count_nonzero(bits)]


def test_matches_in_several_blocks_are_all_found_in_order() -> None:
    count = 2 * bruteforce.BLOCK_ROWS + 5
    codes = np.full((count, 32), 255, np.uint8)
    places = [0, bruteforce.BLOCK_ROWS - 1, bruteforce.BLOCK_ROWS, count - 1]
    codes[places] = 0
    keys = np.arange(count, dtype=np.uint64)
    found = bruteforce.search(keys, codes, np.zeros((2, 32), np.uint8), 31)
    assert found.query.tolist() == [0] * 4 + [1] * 4
    assert found.key.tolist() == places * 2


def test_codes_that_are_not_contiguous_are_read_rightly() -> None:
    codes = np.zeros((4, 64), np.uint8)[:, ::2]
    found = bruteforce.search(np.arange(4, dtype=np.uint64), codes, codes[:1], 0)
    assert found.key.tolist() == [0, 1, 2, 3]
