"""Refuses wrong arguments at the edge, so that what lies within need not doubt them."""

import numpy as np

from argine.index.interface import CODE_BITS, CODE_BYTES, Codes, Keys


def check_keys(keys: object) -> None:
    """Refuse anything but uint64[n].

    Raises:
        ValueError: says what came instead.
    """
    if _layout(keys) != ("uint64", 1):
        raise ValueError(f"keys must be a numpy array uint64[n], not {_describe(keys)}")


def check_codes(codes: object) -> None:
    """Refuse anything but uint8[n, 32].

    Raises:
        ValueError: says what came instead.
    """
    if _layout(codes) != ("uint8", 2, CODE_BYTES):
        raise ValueError(f"codes must be a numpy array uint8[n, {CODE_BYTES}], not {_describe(codes)}")


def check_pairs(keys: Keys, codes: Codes) -> None:
    """Refuse arrays that do not pair up.

    Raises:
        ValueError: says what came instead.
    """
    check_keys(keys)
    check_codes(codes)
    if len(keys) != len(codes):
        raise ValueError(f"each code needs one key: got {len(keys)} keys and {len(codes)} codes")


def check_radius(radius: object) -> None:
    """Refuse a radius that is no whole number of bits, 0..256.

    Raises:
        ValueError: says what came instead.
    """
    if not isinstance(radius, int | np.integer) or isinstance(radius, bool) or not 0 <= radius <= CODE_BITS:
        raise ValueError(f"radius must be a whole number of bits from 0 to {CODE_BITS}, not {radius!r}")


def _layout(value: object) -> tuple[str | int, ...]:
    """Give the type, the number of dimensions, and every length but the first."""
    if not isinstance(value, np.ndarray):
        return ()
    return (value.dtype.name, value.ndim, *value.shape[1:])


def _describe(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    return type(value).__name__
