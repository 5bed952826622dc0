"""The page of the legal regimes, from the files in src/argine/law."""

from argine.law.regime import Record, Regime, Telling
from argine.law.schema import load_all
from argine.law.sources import all_sources
from tools.docs_page import page, table, table_if_any

MARKS = (
    "Marks: V1 read in an official text; V2 read where it is quoted; V3 secondary reports only; M not confirmed. A "
    "regime marked V3 or M, or not confirmed to be in force, runs only if `ARGINE_ACCEPT_UNVERIFIED` names it."
)
KINDS = (
    "Kinds of clock: *statutory*, hours that a statute sets for the platform; *ordered*, until when an order says; "
    "*indicative*, hours that the operator promises, where the law gives no number; *authority*, hours that a statute "
    "sets for a public authority, not for the platform."
)
NO_ADVICE = "**Not legal advice.** What the desk believes about each law, and how well that is known."
INTRODUCTION = [NO_ADVICE, "", MARKS, "", KINDS, ""]


def regimes() -> str:
    known = list(load_all().values())
    lines = [*INTRODUCTION, "## All regimes", "", *_overview(known)]
    for regime in known:
        lines += _regime(regime)
    sources = [[key, title] for key, title in all_sources().items()]
    return page("Legal regimes", [*lines, "## Sources", "", *table(["key", "what it is"], sources)])


def _overview(known: list[Regime]) -> list[str]:
    rows = [
        [
            f"`{regime.id}`",
            regime.trigger,
            _hours(regime),
            f"{regime.clock.kind}, on the {regime.clock.on_whom}",
            regime.clock.start,
            regime.copies.rule,
            regime.in_force_from or "not read",
            regime.status,
            regime.verified.mark,
        ]
        for regime in known
    ]
    head = ["regime", "set going by", "clock", "kind", "from", "copies", "in force from", "status", "mark"]
    return table(head, rows)


def _hours(regime: Regime) -> str:
    if regime.clock.hours:
        return f"{regime.clock.hours} h" + (" or longer as allowed" if regime.clock.longer_if_allowed else "")
    promise = f"; promise {regime.indicative_hours} h" if regime.indicative_hours else ""
    return f"no number{promise}"


def _regime(regime: Regime) -> list[str]:
    return [
        f"## {regime.title.en}",
        "",
        regime.plain.en,
        "",
        f"*{regime.plain.it}*",
        "",
        *table(["field", "value"], _fields(regime)),
        *_elements(regime),
        *table_if_any(["who is told", "what", "when", "force", "place in the law", "note"], _told(regime)),
        *table_if_any(["record", "what is kept", "how long", "force", "basis"], [_kept(r) for r in regime.records]),
        *table_if_any(["more", "text", "place in the law", "mark"], _clauses(regime)),
        *table(["source", "what was taken from it"], [[source.key, source.what] for source in regime.sources]),
    ]


def _fields(regime: Regime) -> list[list[str]]:
    copies, appeal = regime.copies, regime.appeal
    rows = [
        ["id, version", f"`{regime.id}`, {regime.version}"],
        ["instrument", f"{regime.instrument}, {regime.article}"],
        ["countries", ", ".join(regime.jurisdiction)],
        ["in force from", f"{regime.in_force_from or 'not read'} ({regime.status})"],
        ["services", regime.service_scope],
        ["content", regime.content_scope],
        ["who may report", _words(regime.who_may_report) or "nobody: an authority orders"],
        ["clock", f"{_hours(regime)}; {regime.clock.kind}; on the {regime.clock.on_whom}; from {regime.clock.start}."],
        ["on the clock", regime.clock.note],
        ["measures", _words(regime.actions)],
        ["copies", f"{copies.rule} ({copies.mark}): {copies.text}"],
    ]
    if regime.order is not None:
        rows.append(["who orders", f"{_words(regime.order.issuers)}. {regime.order.note}"])
    if appeal is not None:
        window = f"{appeal.months} months" if appeal.months else "no period"
        speed = "; the reporter's goes first" if appeal.expedited else ""
        rows.append(["appeal", f"{_words(appeal.who)}; {window}{speed} ({appeal.ref}, {appeal.mark}). {appeal.note}"])
    if regime.referral is not None:
        rows.append(["the person may turn to", f"{regime.referral.name}. {regime.referral.text.en}"])
    rows += [
        ["minors", regime.minors_rule],
        ["checked", f"mark {regime.verified.mark}, {regime.verified.on}"],
    ]
    return rows


def _elements(regime: Regime) -> list[str]:
    rules = regime.order.elements if regime.order else regime.elements
    rows = [[rule.key.value, rule.required.value, rule.ref, rule.note, rule.mark.value] for rule in rules]
    of_what = "an order" if regime.order else "a notice"
    return table_if_any([f"element of {of_what}", "", "place in the law", "note", "mark"], rows)


def _told(regime: Regime) -> list[list[str]]:
    told = (
        ("reporter", regime.tell_reporter),
        ("uploader", regime.tell_uploader),
        ("authority", regime.tell_authority),
        ("database", regime.tell_database),
    )
    return [_telling(who, telling) for who, tellings in told for telling in tellings]


def _telling(who: str, telling: Telling) -> list[str]:
    when = _words(telling.when)
    if telling.hours:
        when += f", within {telling.hours} h of receipt"
    if telling.only_if:
        when += f", only if {telling.only_if}"
    return [who, telling.what, when, f"{telling.force}, {telling.mark}", telling.ref, telling.note]


def _kept(record: Record) -> list[str]:
    period = f"{record.months} months from {record.counted_from}" if record.months else "no period"
    return [record.kind, record.what, period, f"{record.force}, {record.mark}", record.ref]


def _clauses(regime: Regime) -> list[list[str]]:
    groups = (("sanction", regime.sanctions), ("exception", regime.exceptions), ("note", regime.notes))
    return [[name, clause.text, clause.ref, clause.mark] for name, clauses in groups for clause in clauses]


def _words(values: tuple[str, ...]) -> str:
    return ", ".join(values)
