"""The outer form of a patch set: what can be told of it without reading its numbers, and its text form.

Apart from `patch.patchset`, since who only stores or hands on signals needs neither arrays nor compiled loops.
"""

import base64
import binascii
import re
import struct

from argine.signals.errors import SignalError

VERSION = 1
MAX_PATCHES = 1024
HEAD = struct.Struct("<BIIH")
"""Version, width, height, number of patches."""

ROW_BYTES = 38
MAX_BYTES = HEAD.size + MAX_PATCHES * ROW_BYTES
MAX_TEXT = -(-4 * MAX_BYTES // 3)

_TEXT = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def check_patch_bytes(data: bytes) -> tuple[int, int, int]:
    """Read the head of a patch set's byte form: width, height, number of patches.

    Raises:
        SignalError: the version is unknown, or the length does not fit the number.
    """
    if len(data) < HEAD.size:
        raise SignalError(f"A patch set has at least {HEAD.size} bytes, this one has {len(data)}.")
    version, width, height, count = HEAD.unpack_from(data)
    if version != VERSION:
        raise SignalError(f"This is a patch set of version {version}; version {VERSION} is read.")
    if len(data) != HEAD.size + count * ROW_BYTES:
        raise SignalError(f"A patch set's length does not fit its {count} patches.")
    if count > MAX_PATCHES:
        raise SignalError(f"A patch set has at most {MAX_PATCHES} patches, this one has {count}.")
    return width, height, count


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str, most: int = MAX_TEXT, name: str = "patch set") -> bytes:
    """Read a text form; there is exactly one for each value.

    Args:
        text: to read.
        most: characters.
        name: of the thing, for the error.

    Raises:
        SignalError: the text is too long or not base64url without padding.
    """
    if len(text) > most or not _TEXT.fullmatch(text):
        raise SignalError(f"A {name} is written in base64url without padding, in at most {most} characters.")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise SignalError(f"A {name} is written in base64url without padding.") from None
    if to_base64url(data) != text:
        raise SignalError(f"A {name}'s text ends in bits that say nothing.")
    return data
