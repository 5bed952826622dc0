import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argine.media.jpeg.header import UnusualError
from argine.media.jpeg.huffman import BLOCK_END, BLOCK_FULL, QUICK, SKIP, Huffman, table

SYMBOLS = [0, 0xF0, *(run << 4 | size for run in range(16) for size in range(1, 11))]


def counts(*of: int) -> bytes:
    return bytes(of) + bytes(16 - len(of))


@st.composite
def tables(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Any complete or incomplete code in which the one of ones only is free."""
    symbols = draw(st.permutations(SYMBOLS).map(lambda all_: all_[: draw(st.integers(1, 60))]))
    free, lengths, left = 1, [], len(symbols)
    for bits in range(1, 17):
        free *= 2
        most = min(left, free - 1, 255)
        count = most if bits == 16 else draw(st.integers(0, most))
        lengths.append(count)
        free, left = free - count, left - count
    return bytes(lengths), bytes(symbols[: sum(lengths)])


def codes_of(lengths: bytes, symbols: bytes) -> dict[str, int]:
    """The codes as the standard writes them down (T.81, annex C)."""
    found, code, rest = {}, 0, iter(symbols)
    for bits, count in enumerate(lengths, 1):
        for _ in range(count):
            found[f"{code:0{bits}b}"] = next(rest)
            code += 1
        code *= 2
    return found


def looked_up(made: Huffman, bits: str) -> int:
    word = int(bits.ljust(16, "1")[:16], 2)
    entry = int(made.entries[word >> (16 - QUICK)])
    if entry == 0 and word >= made.first_long and word - made.first_long < len(made.entries) - (1 << QUICK):
        entry = int(made.entries[(1 << QUICK) + word - made.first_long])
    return entry


@settings(max_examples=60, deadline=None)
@given(tables())
def test_every_code_is_found_and_nothing_else(made: tuple[bytes, bytes]) -> None:
    try:
        found = table(*made, ac=True)
    except UnusualError:
        return  # so many long codes that no encoder makes them
    for code, symbol in codes_of(*made).items():
        size = symbol & 15
        places = BLOCK_END if symbol == 0 else (symbol >> 4) + 1
        assert looked_up(found, code) == len(code) + size | len(code) << 8 | size << 16 | places << 24
    assert looked_up(found, "1" * 16) == 0


@settings(max_examples=20, deadline=None)
@given(tables(), st.integers(0, 2**32))
def test_a_step_is_what_its_symbols_are_one_by_one(made: tuple[bytes, bytes], seed: int) -> None:
    try:
        found = table(*made, ac=True)
    except UnusualError:
        return
    codes = codes_of(*made)
    for word in np.random.default_rng(seed).integers(0, 1 << SKIP, 50):
        bits, used, places = f"{word:0{SKIP}b}", 0, 0
        while places < BLOCK_END:
            code = next((bits[used:to] for to in range(used + 1, SKIP + 1) if bits[used:to] in codes), None)
            if code is None or used + len(code) + (codes[code] & 15) > SKIP:
                break
            further = BLOCK_END if codes[code] == 0 else (codes[code] >> 4) + 1
            if further != BLOCK_END and places + further >= BLOCK_FULL:
                break
            used, places = used + len(code) + (codes[code] & 15), places + further
        if any(len(code) > QUICK for code in codes):  # found one by one where they stand
            assert found.steps[word] & 0xFF <= used or used == 0
        else:
            assert found.steps[word] == (used | places << 8 if used else BLOCK_FULL << 8)


@pytest.mark.parametrize(
    ("lengths", "symbols"),
    [
        (counts(2), b"\x01\x02"),  # the code of ones only
        (counts(3), b"\x01\x02\x03"),  # more than there are
        (counts(0, 5), b"\x01\x02\x03\x04\x05"),
        (counts(1), b"\x0b"),  # eleven bits of a value
        (counts(1), b"\x10"),  # a run that ends in nothing
    ],
)
def test_what_is_no_table_of_8_bits_is_refused(lengths: bytes, symbols: bytes) -> None:
    with pytest.raises(UnusualError):
        table(lengths, symbols, ac=True)


def test_a_dc_symbol_is_a_number_of_bits() -> None:
    assert table(counts(1), b"\x0b", ac=False).entries[0] & 0xFF == 12
    with pytest.raises(UnusualError):
        table(counts(1), b"\x0c", ac=False)
