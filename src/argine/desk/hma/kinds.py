"""HMA's names of signals and contents, and what they are here."""

import re
from collections.abc import Collection, Iterable

from argine.desk.core.errors import InvalidError
from argine.signals.errors import SignalError
from argine.signals.types import Signal, SignalType

TYPES = {"pdq": SignalType.PDQ, "video_md5": SignalType.MD5}
NAMES = {kind: name for name, kind in TYPES.items()}
CONTENTS = {"photo": "pdq", "video": "video_md5"}
EDITED = "edited"
"""Not HMA's: asked for by `types`, a look-up also tells copies that were mirrored, turned, cropped or framed."""

DIGITS = re.compile(r"[0-9a-f]+")


def known_type(name: str) -> SignalType:
    """The signal type of a name.

    Raises:
        InvalidError: HMA has no such type here.
    """
    if name not in TYPES:
        raise InvalidError(f"No such SignalType '{name}'" if name.isidentifier() else "No such SignalType")
    return TYPES[name]


def chosen(content: str, types: str | None, extra: Collection[str] = ()) -> frozenset[str]:
    """The names of the signals to make of a content: those asked for that it can have.

    Raises:
        InvalidError: there is no such content or signal type.
    """
    if content not in CONTENTS:
        raise InvalidError(f"no such content_type: '{content}'" if content.isidentifier() else "no such content_type")
    if types is None:
        return frozenset({CONTENTS[content]})
    names = [name.strip() for name in types.split(",") if name.strip()]
    for name in names:
        if name not in extra:
            known_type(name)
    return frozenset(names) & {CONTENTS[content], *extra}


def parse(name: str, text: object) -> Signal:
    """Read a signal as HMA writes it: hexadecimal digits in lower case.

    Raises:
        InvalidError: it is none.
    """
    kind = known_type(name)
    problem = f"invalid {'PDQ' if kind is SignalType.PDQ else 'MD5'} hash"
    if not isinstance(text, str) or not DIGITS.fullmatch(text):
        raise InvalidError(problem)
    try:
        return Signal.parse(kind, text)
    except SignalError:
        raise InvalidError(problem) from None


def shown(signals: Iterable[Signal]) -> dict[str, str]:
    """Those of the signals that HMA knows, by its names."""
    return {NAMES[signal.type]: signal.text for signal in signals if signal.type in NAMES}
