"""The pictures of a notice as its receipt tells them: signals and marked parts, as they were received."""

import hashlib
from collections.abc import Iterable

from argine.desk.banks.models import BankEntry
from argine.desk.banks.queries import SEALED_TYPES, region_at_first, signal_of
from argine.matching.regions import text_of
from argine.merkle.canonical import Json
from argine.signals.types import Signal


def told(entries: Iterable[BankEntry]) -> list[Json]:
    """One object a picture: each signal by its type, and where a part was marked, `region` as x,y,width,height."""
    return [_told_entry(entry) for entry in entries]


def _told_entry(entry: BankEntry) -> dict[str, Json]:
    signals = sorted(map(signal_of, entry.signals.all()), key=lambda signal: signal.type)
    facts: dict[str, Json] = {signal.type.value: _told(signal) for signal in signals}
    region = region_at_first(entry)
    return facts if region is None else {**facts, "region": text_of(region)}


def _told(signal: Signal) -> str:
    """A signal as a receipt tells it. Of a patch set only a hash: who finds the receipt must not learn the picture."""
    if signal.type not in SEALED_TYPES:
        return signal.text
    return f"sha256:{hashlib.sha256(signal.value).hexdigest()}"
