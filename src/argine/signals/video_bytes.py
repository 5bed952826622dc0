"""The outer form of a `video` signal: what can be told of it without reading its rows.

Apart from `video.signal`, since who only stores or hands on signals needs neither arrays nor compiled loops.
"""

import struct

from argine.signals.errors import SignalError

VERSION = 1
HEAD = struct.Struct("<BIIIIH")
"""Version, length in milliseconds, width, height, number of rows, number of patch sets."""

ROW_BYTES = 42
MOST_KEPT_ROWS = 20_000
"""Rows of one film that are kept or sent; a longer one is looked at less often."""

MAX_BYTES = 2_000_000
"""Of the whole value: that many rows, and 48 patch sets of a bank, or 24 of a query."""

MAX_TEXT = -(-4 * MAX_BYTES // 3)


def check_video_bytes(data: bytes) -> None:
    """Read the head of a video signal's byte form.

    Raises:
        SignalError: the version is unknown, or it has too few or too many bytes for its rows.
    """
    if not HEAD.size <= len(data) <= MAX_BYTES:
        raise SignalError(f"A video signal has {HEAD.size} to {MAX_BYTES} bytes, this one has {len(data)}.")
    version, _milliseconds, _width, _height, rows, _sets = HEAD.unpack_from(data)
    if version != VERSION:
        raise SignalError(f"This is a video signal of version {version}; version {VERSION} is read.")
    if rows > MOST_KEPT_ROWS or len(data) < HEAD.size + rows * ROW_BYTES:
        raise SignalError(f"A video signal's length does not fit its {rows} rows; it has at most {MOST_KEPT_ROWS}.")
