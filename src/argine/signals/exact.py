"""Signals of the exact bytes: they find identical copies and nothing else."""

import hashlib

from argine.signals.types import Signal, SignalType


def sha256(data: bytes) -> Signal:
    """SHA-256 (FIPS 180-4) of the whole file, 32 bytes."""
    return Signal(SignalType.SHA256, hashlib.sha256(data).digest())


def md5(data: bytes) -> Signal:
    """MD5 (RFC 1321) of the whole file, 16 bytes; kept because older hash lists have nothing else.

    Two files with one MD5 can be made at will, so a match is worth as much as the good faith of its sender.
    """
    return Signal(SignalType.MD5, hashlib.md5(data, usedforsecurity=False).digest())
