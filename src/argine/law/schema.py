"""Reads regimes/*.toml, strictly: a slip of the pen in a law file stops the start, it never changes a duty.

A file is evidence: `Regime.version` and `Regime.digest` say under which text a clock ran. The version goes up
with every change of the file.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType

from argine.law.errors import RegimeError
from argine.law.regime import (
    Appeal,
    Appellant,
    ClockKind,
    ClockRule,
    ClockStart,
    Copies,
    CopiesRule,
    Element,
    ElementRule,
    Mark,
    Measure,
    Message,
    OnWhom,
    Record,
    Referral,
    Regime,
    Reporters,
    Required,
    Source,
    Status,
    Telling,
    Verified,
)
from argine.law.strict import Table

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@cache
def load_all() -> Mapping[str, Regime]:
    """Read every regime that Argine ships, by id.

    Raises:
        RegimeError: a file breaks the schema; the text names file and key.
    """
    folder = files("argine.law") / "regimes"
    loaded = (parse(entry.name, entry.read_bytes()) for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return MappingProxyType({regime.id: regime for regime in sorted(loaded, key=lambda regime: regime.id)})


def parse(file_name: str, data: bytes) -> Regime:
    """Read one regime file, which is named after its id.

    Raises:
        RegimeError: not TOML, an unknown or missing key, a value outside its set, or parts that contradict
            one another.
    """
    try:
        table = Table(file_name, tomllib.loads(data.decode()))
    except ValueError as error:
        raise RegimeError(f"{file_name}: not TOML in UTF-8: {error}.") from None
    regime = _read(table, sha256(data).hexdigest())
    table.close()
    if f"{regime.id}.toml" != file_name:
        raise table.error("id", f"expected the file's own name, got {regime.id}")
    _check_clock(table, regime)
    return regime


def _read(table: Table, digest: str) -> Regime:
    return Regime(
        id=table.text("id"),
        version=table.positive("version"),
        digest=digest,
        jurisdiction=table.countries("jurisdiction"),
        instrument=table.text("instrument"),
        article=table.text("article"),
        title=table.words("title"),
        plain=table.words("plain"),
        in_force_from=_month_or_day(table, "in_force_from"),
        status=table.choice("status", Status),
        service_scope=table.text("service_scope"),
        who_may_report=table.choices("who_may_report", Reporters),
        elements=tuple(_element(part) for part in table.tables("elements")),
        clock=_clock(table.table("clock")),
        indicative_hours=table.optional_positive("indicative_hours"),
        actions=table.choices("actions", Measure),
        copies=_copies(table.table("copies")),
        tell_reporter=tuple(_telling(part) for part in table.tables("tell_reporter")),
        tell_uploader=tuple(_telling(part) for part in table.tables("tell_uploader")),
        appeal=_appeal(table.optional_table("appeal")),
        records=tuple(_record(part) for part in table.tables("records")),
        minors_rule=table.text("minors_rule"),
        referral=_referral(table.optional_table("referral")),
        sources=tuple(_source(part) for part in table.tables("sources")),
        verified=_verified(table.table("verified")),
    )


def _month_or_day(table: Table, key: str) -> str:
    text = table.text(key)
    try:
        date.fromisoformat(text if _DAY.fullmatch(text) else f"{text}-01")
    except ValueError:
        raise table.error(key, f"expected a day or month such as 2026-06-29 or 2026-06, got {text}") from None
    return text


def _element(table: Table) -> ElementRule:
    element = ElementRule(
        key=table.choice("key", Element),
        required=table.choice("required", Required),
        or_signals=table.flag("or_signals"),
        ref=table.text("ref"),
        note=table.text("note"),
    )
    table.close()
    return element


def _clock(table: Table) -> ClockRule:
    clock = ClockRule(
        start=table.choice("start", ClockStart),
        hours=table.optional_positive("hours"),
        kind=table.choice("kind", ClockKind),
        on_whom=table.choice("on_whom", OnWhom),
        note=table.text("note"),
    )
    table.close()
    return clock


def _copies(table: Table) -> Copies:
    copies = Copies(rule=table.choice("rule", CopiesRule), text=table.text("text"))
    table.close()
    return copies


def _telling(table: Table) -> Telling:
    telling = Telling(what=table.choice("what", Message), ref=table.text("ref"))
    table.close()
    return telling


def _appeal(table: Table | None) -> Appeal | None:
    if table is None:
        return None
    appeal = Appeal(
        months=table.optional_positive("months"),
        who=table.choices("who", Appellant),
        expedited=table.flag("expedited"),
        note=table.text("note"),
    )
    table.close()
    return appeal


def _record(table: Table) -> Record:
    record = Record(what=table.text("what"), months=table.optional_positive("months"))
    table.close()
    return record


def _referral(table: Table | None) -> Referral | None:
    if table is None:
        return None
    referral = Referral(name=table.text("name"), text=table.words("text"))
    table.close()
    return referral


def _source(table: Table) -> Source:
    source = Source(key=table.text("key"), what=table.text("what"))
    table.close()
    return source


def _verified(table: Table) -> Verified:
    verified = Verified(mark=table.choice("mark", Mark), on=table.day("on"))
    table.close()
    return verified


def _check_clock(table: Table, regime: Regime) -> None:
    """Refuse what contradicts itself: a statute without a number, or an authority's hours on a platform."""
    kind, clock = regime.clock.kind, regime.clock
    if (kind is ClockKind.INDICATIVE) != (clock.hours is None):
        raise table.error("clock", f"a clock of the kind {kind} has hours unless it is indicative")
    if (kind is ClockKind.INDICATIVE) != (regime.indicative_hours is not None):
        raise table.error("indicative_hours", "belongs to an indicative clock, and to no other")
    outward = (
        clock.on_whom is OnWhom.AUTHORITY,
        clock.start is ClockStart.AUTHORITY_RECEIPT,
        regime.referral is not None,
    )
    if any(is_outward != (kind is ClockKind.AUTHORITY) for is_outward in outward):
        raise table.error("clock", "an authority's clock is on the authority, starts there, and has a referral")
