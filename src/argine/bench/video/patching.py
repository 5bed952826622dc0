"""Patch sets of frames, where this installation has the `patch` signal."""

import importlib
import importlib.util

from argine.bench.video.clips import Pixels
from argine.matching.video import FrameBank
from argine.signals.video.hasher import MakePatches, Patching

INSTALLED = importlib.util.find_spec("argine.signals.patch") is not None
BANK_SETS, BANK_EVERY = 48, 0.5
QUERY_SETS, QUERY_EVERY = 24, 1.0


def frame_bank() -> FrameBank | None:
    """A new, empty bank of patch sets."""
    if not INSTALLED:
        return None
    bank: FrameBank = importlib.import_module("argine.matching.video.patches").PatchBank()
    return bank


def for_bank() -> Patching | None:
    """What is kept of a film in a bank."""
    return Patching(_maker("BANK_PATCHES"), BANK_SETS, BANK_EVERY) if INSTALLED else None


def for_query() -> Patching | None:
    """What is made of a film that is asked about."""
    return Patching(_maker("QUERY_PATCHES"), QUERY_SETS, QUERY_EVERY) if INSTALLED else None


def _maker(limit: str) -> MakePatches:
    patch = importlib.import_module("argine.signals.patch")
    most = getattr(patch, limit)

    def make(rgb: Pixels) -> bytes:
        made: bytes = patch.hash_pixels(rgb, most).to_bytes()
        return made

    return make
