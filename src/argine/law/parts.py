"""Reads the parts of a regime file, one function a table. A part without a `mark` of its own has the regime's."""

from datetime import date
from re import compile as pattern

from argine.law.regime import (
    Appeal,
    Clause,
    ClockRule,
    Copies,
    ElementRule,
    OrderElementRule,
    OrderRule,
    Record,
    Referral,
    Source,
    Telling,
    Verified,
)
from argine.law.sources import all_sources
from argine.law.strict import Table
from argine.law.terms import (
    Appellant,
    ClockKind,
    ClockStart,
    CopiesRule,
    CountedFrom,
    Element,
    Force,
    Issuer,
    Mark,
    Message,
    Moment,
    OnlyIf,
    OnWhom,
    OrderElement,
    RecordClass,
    Required,
)

_DAY = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def month_or_day(table: Table, key: str) -> str | None:
    """Read an ISO day or month; None if the key is absent."""
    text = table.optional_text(key)
    if text is None:
        return None
    try:
        date.fromisoformat(text if _DAY.fullmatch(text) else f"{text}-01")
    except ValueError:
        raise table.error(key, f"expected a day or month such as 2026-06-29 or 2026-06, got {text}") from None
    return text


def elements(tables: list[Table], mark: Mark) -> tuple[ElementRule, ...]:
    return tuple(_element(table, mark) for table in tables)


def _element(table: Table, mark: Mark) -> ElementRule:
    rule = ElementRule(
        key=table.choice("key", Element),
        required=table.choice("required", Required),
        or_signals=table.flag("or_signals"),
        ref=table.text("ref"),
        note=table.text("note"),
        mark=table.optional_choice("mark", Mark) or mark,
    )
    table.close()
    return rule


def order(table: Table | None, mark: Mark) -> OrderRule | None:
    if table is None:
        return None
    rule = OrderRule(
        issuers=table.choices("issuers", Issuer),
        elements=tuple(_order_element(part, mark) for part in table.tables("elements")),
        note=table.text("note"),
    )
    table.close()
    return rule


def _order_element(table: Table, mark: Mark) -> OrderElementRule:
    rule = OrderElementRule(
        key=table.choice("key", OrderElement),
        required=table.choice("required", Required),
        ref=table.text("ref"),
        note=table.text("note"),
        mark=table.optional_choice("mark", Mark) or mark,
    )
    table.close()
    return rule


def clock(table: Table) -> ClockRule:
    rule = ClockRule(
        start=table.choice("start", ClockStart),
        hours=table.optional_positive("hours"),
        kind=table.choice("kind", ClockKind),
        on_whom=table.choice("on_whom", OnWhom),
        longer_if_allowed=table.optional_flag("longer_if_allowed"),
        note=table.text("note"),
    )
    table.close()
    return rule


def copies(table: Table, mark: Mark) -> Copies:
    rule = Copies(
        rule=table.choice("rule", CopiesRule),
        text=table.text("text"),
        mark=table.optional_choice("mark", Mark) or mark,
    )
    table.close()
    return rule


def tellings(tables: list[Table], mark: Mark) -> tuple[Telling, ...]:
    return tuple(_telling(table, mark) for table in tables)


def _telling(table: Table, mark: Mark) -> Telling:
    telling = Telling(
        what=table.choice("what", Message),
        when=table.choices("when", Moment),
        ref=table.text("ref"),
        force=table.optional_choice("force", Force) or Force.LAW,
        only_if=table.optional_choice("only_if", OnlyIf),
        hours=table.optional_positive("hours"),
        note=table.optional_text("note") or "",
        mark=table.optional_choice("mark", Mark) or mark,
    )
    table.close()
    return telling


def appeal(table: Table | None, mark: Mark) -> Appeal | None:
    if table is None:
        return None
    rule = Appeal(
        months=table.optional_positive("months"),
        who=table.choices("who", Appellant),
        expedited=table.flag("expedited"),
        another_reviewer=table.flag("another_reviewer"),
        only_if=table.optional_choice("only_if", OnlyIf),
        ref=table.text("ref"),
        note=table.text("note"),
        mark=table.optional_choice("mark", Mark) or mark,
    )
    table.close()
    return rule


def records(tables: list[Table], mark: Mark) -> tuple[Record, ...]:
    return tuple(_record(table, mark) for table in tables)


def _record(table: Table, mark: Mark) -> Record:
    record = Record(
        kind=table.choice("kind", RecordClass),
        what=table.text("what"),
        months=table.optional_positive("months"),
        counted_from=table.choice("counted_from", CountedFrom),
        force=table.optional_choice("force", Force) or Force.LAW,
        ref=table.text("ref"),
        mark=table.optional_choice("mark", Mark) or mark,
    )
    table.close()
    return record


def clauses(tables: list[Table], mark: Mark) -> tuple[Clause, ...]:
    return tuple(_clause(table, mark) for table in tables)


def _clause(table: Table, mark: Mark) -> Clause:
    clause = Clause(table.text("text"), table.text("ref"), table.optional_choice("mark", Mark) or mark)
    table.close()
    return clause


def referral(table: Table | None) -> Referral | None:
    if table is None:
        return None
    found = Referral(
        name=table.text("name"),
        text=table.words("text"),
        who=table.words("who"),
        question=table.words("question"),
        running=table.words("running"),
        passed=table.words("passed"),
    )
    table.close()
    return found


def sources(tables: list[Table]) -> tuple[Source, ...]:
    return tuple(_source(table) for table in tables)


def _source(table: Table) -> Source:
    source = Source(key=table.text("key"), what=table.text("what"))
    table.close()
    if source.key not in all_sources():
        raise table.error("key", f"expected a key of sources.toml, got {source.key}")
    return source


def verified(table: Table) -> Verified:
    found = Verified(mark=table.choice("mark", Mark), on=table.day("on"))
    table.close()
    return found
