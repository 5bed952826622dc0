"""Reads regimes/*.toml, strictly: a slip of the pen in a law file stops the start, it never changes a duty.

A file is evidence: `Regime.version` and `Regime.digest` say under which text a clock ran. The version goes up
with every change of the file.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType

from argine.law import parts
from argine.law.errors import RegimeError
from argine.law.regime import Regime
from argine.law.strict import Table
from argine.law.terms import ClockKind, ClockStart, Measure, OnWhom, Reporters, Status, Trigger


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
    _check_trigger(table, regime)
    return regime


def _read(table: Table, digest: str) -> Regime:
    verified = parts.verified(table.table("verified"))
    mark = verified.mark
    return Regime(
        id=table.text("id"),
        version=table.positive("version"),
        digest=digest,
        trigger=table.choice("trigger", Trigger),
        jurisdiction=table.countries("jurisdiction"),
        instrument=table.text("instrument"),
        article=table.text("article"),
        title=table.words("title"),
        plain=table.words("plain"),
        in_force_from=parts.month_or_day(table, "in_force_from"),
        status=table.choice("status", Status),
        service_scope=table.text("service_scope"),
        content_scope=table.text("content_scope"),
        who_may_report=table.choices("who_may_report", Reporters),
        elements=parts.elements(table.tables("elements"), mark),
        order=parts.order(table.optional_table("order"), mark),
        clock=parts.clock(table.table("clock")),
        indicative_hours=table.optional_positive("indicative_hours"),
        actions=table.choices("actions", Measure),
        copies=parts.copies(table.table("copies"), mark),
        tell_reporter=parts.tellings(table.tables("tell_reporter"), mark),
        tell_uploader=parts.tellings(table.tables("tell_uploader"), mark),
        tell_authority=parts.tellings(table.tables("tell_authority"), mark),
        tell_database=parts.tellings(table.tables("tell_database"), mark),
        appeal=parts.appeal(table.optional_table("appeal"), mark),
        records=parts.records(table.tables("records"), mark),
        minors_rule=table.text("minors_rule"),
        sanctions=parts.clauses(table.tables("sanctions"), mark),
        exceptions=parts.clauses(table.tables("exceptions"), mark),
        notes=parts.clauses(table.tables("notes"), mark),
        referral=parts.referral(table.optional_table("referral")),
        sources=parts.sources(table.tables("sources")),
        verified=verified,
    )


def _check_clock(table: Table, regime: Regime) -> None:
    """Refuse what contradicts itself: a statute without a number, or an authority's hours on a platform."""
    kind, clock = regime.clock.kind, regime.clock
    if (kind in {ClockKind.INDICATIVE, ClockKind.ORDERED}) != (clock.hours is None):
        raise table.error("clock", f"a clock of the kind {kind} has hours unless it is indicative or ordered")
    if kind is not ClockKind.INDICATIVE and regime.indicative_hours is not None:
        raise table.error("indicative_hours", "belongs to an indicative clock, and to no other")
    outward = (
        clock.on_whom is OnWhom.AUTHORITY,
        clock.start is ClockStart.AUTHORITY_RECEIPT,
        regime.referral is not None,
    )
    if any(is_outward != (kind is ClockKind.AUTHORITY) for is_outward in outward):
        raise table.error("clock", "an authority's clock is on the authority, starts there, and has a referral")


_STARTS = {
    Trigger.NOTICE: {ClockStart.RECEIPT},
    Trigger.ORDER: {ClockStart.ORDER_RECEIPT, ClockStart.ORDER_GIVEN},
    Trigger.REFERRAL: {ClockStart.AUTHORITY_RECEIPT},
}


def _check_trigger(table: Table, regime: Regime) -> None:
    """Refuse a clock that starts with something else than what sets the regime going, or half an order."""
    is_order = regime.trigger is Trigger.ORDER
    if regime.clock.start not in _STARTS[regime.trigger]:
        raise table.error("clock", f"a regime set going by {regime.trigger} does not start with {regime.clock.start}")
    if is_order != (regime.order is not None):
        raise table.error("order", "belongs to a regime that an order sets going, and to no other")
    if is_order and regime.elements:
        raise table.error("elements", "an order has elements of its own, in the table order")
    if not is_order and (regime.clock.kind is ClockKind.ORDERED or regime.clock.longer_if_allowed):
        raise table.error("clock", "only an order gives hours of its own")
    if not regime.sources:
        raise table.error("sources", "expected at least one")
