"""Refuses wrong arguments at the edge, so that what lies within need not doubt them."""

import numpy as np

from argine.index.interface import CODE_BITS, Codes, Keys

WIDTH_STEP, WIDEST = 64, 512


def check_bits(bits: object) -> None:
    """Refuse a width that is no multiple of 64 bits, 64..512.

    Raises:
        ValueError: says what came instead.
    """
    if not _is_whole(bits) or bits not in range(WIDTH_STEP, WIDEST + 1, WIDTH_STEP):
        raise ValueError(f"a code has a multiple of {WIDTH_STEP} bits, up to {WIDEST}, not {bits!r}")


_BYTE = np.dtype(np.uint8)


def check_keys(keys: object) -> None:
    """Refuse anything but uint64[n].

    Raises:
        ValueError: says what came instead.
    """
    if _layout(keys) != ("uint64", 1):
        raise ValueError(f"keys must be a numpy array uint64[n], not {_describe(keys)}")


def check_codes(codes: object, bits: int = CODE_BITS) -> None:
    """Refuse anything but uint8[n, bits / 8].

    Raises:
        ValueError: says what came instead.
    """
    # Asked before every search, so without detours.
    if not isinstance(codes, np.ndarray) or codes.dtype != _BYTE or codes.ndim != 2 or codes.shape[1] * 8 != bits:  # noqa: PLR2004 - a table
        raise ValueError(f"codes must be a numpy array uint8[n, {bits // 8}], not {_describe(codes)}")


def check_pairs(keys: Keys, codes: Codes, bits: int = CODE_BITS) -> None:
    """Refuse arrays that do not pair up.

    Raises:
        ValueError: says what came instead.
    """
    check_keys(keys)
    check_codes(codes, bits)
    if len(keys) != len(codes):
        raise ValueError(f"each code needs one key: got {len(keys)} keys and {len(codes)} codes")


def check_radius(radius: object, bits: int = CODE_BITS) -> None:
    """Refuse a radius that is no whole number of bits, 0..bits.

    Raises:
        ValueError: says what came instead.
    """
    if not _is_whole(radius) or not 0 <= radius <= bits:  # type: ignore[operator]  # a whole number by then
        raise ValueError(f"radius must be a whole number of bits from 0 to {bits}, not {radius!r}")


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _layout(value: object) -> tuple[str | int, ...]:
    """Give the type, the number of dimensions, and every length but the first."""
    if not isinstance(value, np.ndarray):
        return ()
    return (value.dtype.name, value.ndim, *value.shape[1:])


def _describe(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    return type(value).__name__
