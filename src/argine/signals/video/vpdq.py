"""vPDQ's text forms, in which others exchange videos: written, and read whoever wrote them.

Source: facebook/ThreatExchange. Its Python package writes a JSON list of `hash,quality,seconds`; its command line
writes lines of `frame,quality,hash,seconds`. Both have one hash for each second, or for whatever rate was asked for.
"""

import json
import math

import numpy as np

from argine.signals.errors import SignalError
from argine.signals.types import Signal
from argine.signals.video.signal import MAX_MILLISECONDS, MAX_ROWS, ROW, FrameKind, VideoSignal

MAX_TEXT = 20_000_000
_HEX = 64


def to_text(signal: VideoSignal) -> str:
    """Write a signal in the JSON form: whole frames only, for that is all the form knows.

    Those of an untagged film go out by both standards of colour: who takes it for the other one finds it as well, and
    vPDQ's rule asks nothing of a bank's hashes that are not met.
    """
    return json.dumps(to_lines(signal))


def to_lines(signal: VideoSignal) -> list[str]:
    """Write each of its frames as a line of that form."""
    rows = signal.rows[signal.rows["kind"] != FrameKind.TRIMMED]
    return [f"{row['code'].tobytes().hex()},{int(row['quality'])},{int(row['start']) / 1000:.3f}" for row in rows]


def from_text(text: str) -> VideoSignal:
    """Read either form. Frames stand in the order of their times afterwards; the film's size is not told: 0 x 0.

    Raises:
        SignalError: it is neither form, or too long.
    """
    if len(text) > MAX_TEXT:
        raise SignalError(f"A vPDQ text has at most {MAX_TEXT} characters.")
    lines = _lines(text)
    if len(lines) > MAX_ROWS:
        raise SignalError(f"A video has at most {MAX_ROWS} rows of frames.")
    rows = np.zeros(len(lines), ROW)
    for number, line in enumerate(lines):
        rows[number] = _row(line)
    rows = rows[np.argsort(rows["start"], kind="stable")]
    return VideoSignal(int(rows["end"].max(initial=0)), 0, 0, rows)


def _lines(text: str) -> list[str]:
    if not text.lstrip().startswith("["):
        return [line.strip() for line in text.splitlines() if line.strip()]
    try:
        lines = json.loads(text)
    except (ValueError, RecursionError):
        raise SignalError("This is no vPDQ text: a JSON list of strings is expected.") from None
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise SignalError("This is no vPDQ text: a JSON list of strings is expected.")
    return lines


def _row(line: str) -> tuple[int, int, int, int, np.ndarray[tuple[int], np.dtype[np.uint8]]]:
    fields = [field.strip() for field in line.split(",")]
    # Both forms end in the time; the longer one begins with the number of the frame. Hash and quality change places.
    pair, seconds = fields[-3:-1], fields[-1]
    if len(fields) not in {3, 4} or sum(len(field) == _HEX for field in pair) != 1:
        raise SignalError("A line of vPDQ is hash, quality and seconds, with commas.")
    value, quality = pair if len(pair[0]) == _HEX else reversed(pair)
    if not (quality.isascii() and quality.isdigit() and len(quality) <= 3):  # noqa: PLR2004 - 100 has three digits
        raise SignalError("The quality of a vPDQ frame is a whole number from 0 to 100.")
    signal = Signal.parse("pdq", value, int(quality))
    milliseconds = _milliseconds(seconds)
    return milliseconds, milliseconds, FrameKind.WHOLE, int(quality), np.frombuffer(signal.value, np.uint8)


def _milliseconds(text: str) -> int:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds * 1000 <= MAX_MILLISECONDS:
        raise SignalError("The time of a vPDQ frame is a number of seconds, 0 or more.")
    return round(seconds * 1000)
