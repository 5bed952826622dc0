"""The lines of a bank's file: Argine's own format, and the plain hash lists of the field.

`argine-bank/1` is UTF-8 text, one JSON object a line. The first says what the file is:

    {"format": "argine-bank/1", "bank": "removed", "name": "Decided: keep out", "kind": "block", "threshold": 31,
     "entries": 2, "exported_at": "2026-01-31T10:00:00.000000Z"}

Each other line is one entry, which is one picture, or one film with a `video` among its signals:

    {"entry": "2f3c...", "origin": "shell", "created_at": "...", "signals": [
        {"type": "pdq", "value": "f8f8...", "quality": 100}, {"type": "sha256", "value": "9b74...", "quality": null}],
     "region": {"left": 0.2, "top": 0.1, "right": 0.5, "bottom": 0.5}}

`region` stands only where a part of the picture is marked: a match must agree in it.

No line holds a case or anything of a person. An import needs `signals` alone, so the lines of `argine hash --json`
will do as well. Without a header, a line may also be a hash list's: `pdq HEX`, `sha256 HEX`, `md5 HEX` (a comma or
colon serves as well as a space), with a quality behind a `pdq` if it is known, or nothing but `HEX`. Empty lines and
those that begin with `#` are passed over.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import BinaryIO

from argine.errors import ArgineError
from argine.matching import BankKind
from argine.matching.regions import RegionError, region_of
from argine.signals.errors import SignalError
from argine.signals.patch import Rectangle
from argine.signals.types import Signal, SignalType
from argine.signals.video import VideoSignal
from argine.signals.video_bytes import MAX_TEXT as MAX_VIDEO_TEXT

FORMAT = "argine-bank/1"
MOST_LINE_BYTES = MAX_VIDEO_TEXT + 64 * 1024
MOST_SIGNALS = 100
SIDES = ("left", "top", "right", "bottom")
_PLAIN = re.compile(r"(?:([A-Za-z0-9]+)[\s,:]+)?([0-9A-Fa-f]{32,})(?:[\s,]+([0-9]{1,3}))?")
_BOM = "\ufeff"


class LineError(ArgineError):
    """A line is not of the form it should have."""

    code = "bad_line"


class FormatError(ArgineError):
    """A file says of itself that it is something else."""

    code = "bad_format"


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line says, as far as it matters to who imports."""

    kind: BankKind
    threshold: int
    entries: int | None


@dataclass(frozen=True, slots=True)
class Picture:
    """One entry of a bank: its signals, and the part that a match must agree in, where one is marked."""

    signals: tuple[Signal, ...]
    region: Rectangle | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number from 1, its length in bytes with the end, its text or why there is none."""

    number: int
    length: int
    text: str
    problem: str = ""


def read_lines(file: BinaryIO) -> Iterator[Line]:
    """Hand on the lines that say something, never more than one of them in memory, however long it is."""
    number = 0
    while raw := file.readline(MOST_LINE_BYTES + 1):
        number, length, problem = number + 1, len(raw), ""
        if length > MOST_LINE_BYTES and not raw.endswith(b"\n"):
            length += _skip_rest(file)
            problem = f"It is longer than {MOST_LINE_BYTES} bytes."
        try:
            text = raw.decode().strip().removeprefix(_BOM)
        except UnicodeDecodeError:
            text, problem = "", problem or "It is not UTF-8 text."
        if problem or (text and not text.startswith("#")):
            yield Line(number, length, text, problem)


def _skip_rest(file: BinaryIO) -> int:
    skipped = 0
    while part := file.readline(MOST_LINE_BYTES):
        skipped += len(part)
        if part.endswith(b"\n"):
            break
    return skipped


def parse_header(text: str) -> Header | None:
    """Read a header; None if the line is none.

    Raises:
        FormatError: it is one of another format, or malformed.
    """
    try:
        value = _object(text) if text.startswith("{") else {}
    except LineError:
        return None
    if "format" not in value:
        return None
    if value["format"] != FORMAT:
        raise FormatError(f"This file is of a format that is not known here; {FORMAT} is.")
    kind, threshold, entries = value.get("kind"), value.get("threshold"), value.get("entries")
    if kind not in set(BankKind) or not isinstance(threshold, int) or not isinstance(entries, int | None):
        raise FormatError(f"The first line is no header of {FORMAT}: kind, threshold or entries are wrong.")
    return Header(BankKind(str(kind)), threshold, entries)


def parse_entry(text: str, bare: SignalType) -> Picture:
    """Read the signals of an entry, and its marked part.

    Args:
        text: the line.
        bare: what a hash without a type is.

    Raises:
        LineError: it is of no form that is known, or nothing could ever match it.
    """
    try:
        found = _parse_object(text) if text.startswith("{") else Picture((_parse_plain(text, bare),))
    except (SignalError, RegionError) as error:
        raise LineError(str(error)) from error
    if not any(signal.hashable for signal in found.signals):
        raise LineError("Nothing can match it: it is the pdq of a picture too flat to be told from others.")
    return found


def entry_line(entry: str, origin: str, created_at: str, picture: Picture) -> dict[str, object]:
    """Make the object of one entry. Of an origin that names a notice only the kind is told."""
    line: dict[str, object] = {
        "entry": entry,
        "origin": origin.partition(":")[0],
        "created_at": created_at,
        "signals": [
            {"type": signal.type.value, "value": signal.text, "quality": signal.quality} for signal in picture.signals
        ],
    }
    return line if picture.region is None else {**line, "region": asdict(picture.region)}


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise LineError("It is not JSON.") from None
    return value if isinstance(value, dict) else {}


def _parse_object(text: str) -> Picture:
    line = _object(text)
    found = line.get("signals")
    if not isinstance(found, list) or not 0 < len(found) <= MOST_SIGNALS:
        raise LineError(f"It needs `signals`, a list of 1 to {MOST_SIGNALS}.")
    return Picture(tuple(_parse_signal(item) for item in found), _parse_region(line.get("region")))


def _parse_region(item: object) -> Rectangle | None:
    if item is None:
        return None
    sides = [item.get(side) for side in SIDES] if isinstance(item, dict) else []
    numbers = [side for side in sides if isinstance(side, int | float) and not isinstance(side, bool)]
    if len(numbers) != len(SIDES):
        raise LineError("A `region` has `left`, `top`, `right` and `bottom`, in fractions of the picture.")
    return region_of(*numbers)


def _parse_signal(item: object) -> Signal:
    if not isinstance(item, dict):
        raise LineError("A signal is an object with `type` and `value`.")
    kind, value, quality = item.get("type"), item.get("value"), item.get("quality")
    if not isinstance(kind, str) or not isinstance(value, str):
        raise LineError("A signal needs `type` and `value`, both text.")
    if isinstance(quality, bool) or not isinstance(quality, int | None):
        raise LineError("The `quality` of a signal is a whole number or null.")
    signal = Signal.parse(kind, value, quality)
    if signal.type is SignalType.VIDEO:
        VideoSignal.from_bytes(signal.value)  # what cannot be read could never match
    return signal


def _parse_plain(text: str, bare: SignalType) -> Signal:
    found = _PLAIN.fullmatch(text)
    if found is None:
        raise LineError("It is neither JSON nor a hash, such as `pdq` and 64 hexadecimal digits.")
    kind, value, quality = found.groups()
    return Signal.parse((kind or bare.value).lower(), value, int(quality) if quality else None)
