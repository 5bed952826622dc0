"""A dossier in words: sections of paragraphs, facts, tables and codes, in the language that is switched on.

Made from `facts` alone, so its pages say nothing that its JSON does not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from argine.desk.banks.operations import REMOVED
from argine.desk.cases.enums import (
    AppealState,
    Appellant,
    Author,
    Basis,
    Capacity,
    CaseKind,
    CaseState,
    Ground,
    Measure,
    Nature,
    Outcome,
)
from argine.desk.clocks.enums import OWN_RULE, ClockState, Duty
from argine.desk.core import time
from argine.desk.dossier import words
from argine.desk.dossier.enums import Extent
from argine.desk.outward.enums import OutwardState, Way
from argine.law.schema import load_all

Facts = Mapping[str, Any]
Rows = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a section: `kind` says which of the others it has.

    text: a paragraph. code: text to be taken letter by letter. facts: rows of a name and a value. table: a head and
    rows of as many cells; `widths` are the columns' shares of the width.
    """

    kind: str
    text: str = ""
    head: tuple[str, ...] = ()
    rows: Rows = field(default_factory=list)
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    subtitle: str
    language: str
    page: str
    attachment: str
    sections: list[Section]

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def of(facts: Facts) -> Document:
    parts: list[tuple[str, Iterable[Block]]] = [
        (_("What this is"), _about(facts)),
        (_("In short"), _short(facts)),
        (_("What was reported"), _reported(facts)),
        (_("Addresses"), _addresses(facts)),
        (_("Pictures, by their fingerprints"), _pictures(facts)),
        (_("Times that a law or the platform set"), _clocks(facts)),
        (_("What was decided, and what was done"), _decisions(facts)),
        (_("Appeals"), _appeals(facts)),
        (_("What the reporter and the desk wrote to each other"), _messages(facts)),
        (_("Notices to other platforms"), _platforms(facts)),
        (_("What was seen, and where"), _seen(facts)),
        (_("Time line"), _timeline(facts)),
        (_("How to check this"), _proofs(facts)),
        (_("Words used here"), [Block("facts", rows=words.glossary())]),
    ]
    number = facts["case"]["number"]
    found = [Section(title, blocks) for title, made in parts if (blocks := list(made))]
    subtitle = _("%(desk)s, made on %(time)s") % {"desk": facts["desk"]["name"], "time": when(facts["made_at"])}
    return Document(
        title=_("Dossier of case %(number)d") % {"number": number},
        subtitle=subtitle,
        language=get_language() or "en",
        page=_("Page"),
        attachment=_("The same as data for programs, with the proofs"),
        sections=found,
    )


def when(moment: str | None) -> str:
    """An instant to the second, in UTC, the same in every language."""
    return f"{time.parse_iso(moment):%Y-%m-%d %H:%M:%S} UTC" if moment else "-"


def law_name(law: str) -> str:
    known = load_all().get(law)
    if known is None:
        return _("The desk's own rule") if law == OWN_RULE else law
    return known.title.in_language(get_language() or "en")


def _text(text: str) -> Block:
    return Block("text", text=text)


def _facts(*rows: tuple[str, str]) -> Block:
    """Names with their values; those without a value are left out."""
    return Block("facts", rows=[row for row in rows if row[1]])


def _table(head: Sequence[str], rows: Rows, widths: Sequence[int]) -> Block:
    return Block("table", head=tuple(head), rows=rows, widths=tuple(widths))


def _yes(value: object) -> str:
    return _("Yes") if value else _("No")


def _about(facts: Facts) -> Iterator[Block]:
    full = facts["extent"] == Extent.FULL
    yield from (_text(text) for text in (words.about_full() if full else words.about_own()))
    desk = facts["desk"]
    rows = [(_("Made by"), desk["name"]), (_("Contact"), desk["contact"]), (_("Address"), desk["address"])]
    yield _facts(*rows, (_("Made on"), when(facts["made_at"])))


def _short(facts: Facts) -> Iterator[Block]:
    case, clocks = facts["case"], facts["clocks"]
    done = [action["at"] for decision in facts["decisions"] for action in decision["actions"]]
    missed = [clock for clock in clocks if clock["state"] == ClockState.MISSED]
    yield _facts(
        (_("Kind"), str(CaseKind(case["kind"]).label)),
        (_("Received"), when(case["opened_at"])),
        (_("State now"), str(CaseState(case["state"]).label)),
        (_("First decision"), when(facts["decisions"][0]["at"]) if facts["decisions"] else _("None yet")),
        (_("First action by the platform"), when(min(done)) if done else _("None told")),
        (_("Times set"), str(len(clocks))),
        (_("Times missed"), str(len(missed))),
    )
    for clock in missed:
        yield _text(_missed(clock))


def _missed(clock: Facts) -> str:
    hours = clock["late_by_seconds"] // 3600
    late = ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    said = {"law": law_name(clock["law"]), "due": when(clock["due_at"]), "late": late, "ended": when(clock["ended_at"])}
    if clock["ended_at"]:
        return _("Missed: under “%(law)s” it was due at %(due)s. It was done at %(ended)s, %(late)s later.") % said
    return _("Missed: under “%(law)s” it was due at %(due)s. It was still not done %(late)s later.") % said


def _reported(facts: Facts) -> Iterator[Block]:
    if facts["order"]:
        order = facts["order"]
        yield _facts(
            (_("Authority"), order["authority"]), (_("Reference"), order["reference"]),
            (_("Legal basis"), order["legal_basis"]), (_("Law"), law_name(order["regime"])),
            (_("Received"), when(order["received_at"])), (_("Given"), when(order["given_at"])),
        )  # fmt: skip
    for notice in facts["notices"]:
        yield _facts(
            (_("Received"), when(notice["received_at"])),
            (_("Who reports"), str(Capacity(notice["capacity"]).label)),
            (_("What it is"), str(Nature(notice["nature"]).label)),
            (_("Says that there was no consent"), _yes(notice["no_consent"])),
            (_("Says so in good faith"), _yes(notice["good_faith"])),
            *_given(notice),
            (_("Declaration"), notice["declarations"]),
            (_("Complete under every law since"), when(notice["completed_at"]) if notice["completed_at"] else ""),
        )
        for added in notice["added"]:
            yield _facts((_("Added on"), when(added["at"])), *_given(added))


def _given(part: Facts) -> list[tuple[str, str]]:
    return [
        (_("Statement"), part["statement"]), (_("Where it is, in words"), part["where_hint"]),
        (_("Contact"), part["contact"]), (_("Signature"), part["signature"]),
    ]  # fmt: skip


def _addresses(facts: Facts) -> Iterator[Block]:
    rows: Rows = [(str(row["number"]), row["address"]) for row in facts["addresses"] if row["address"]]
    yield _table([_("No."), _("Address")], rows, [1, 12]) if rows else _text(_("None"))


def _pictures(facts: Facts) -> Iterator[Block]:
    yield _text(words.about_pictures())
    rows: Rows = [
        (str(picture["number"]), one["type"], one["value"], "" if one["quality"] is None else str(one["quality"]))
        for picture in facts["pictures"]
        for one in picture["hashes"]
    ]
    yield (
        _table([_("No."), _("Kind"), _("Fingerprint"), _("Quality")], rows, [1, 2, 16, 2]) if rows else _text(_("None"))
    )
    states: Rows = [(str(picture["number"]), _picture_state(picture)) for picture in facts["pictures"]]
    if states:
        yield _table([_("No."), _("What it does")], states, [1, 20])


def _picture_state(picture: Facts) -> str:
    if not picture["hashes"]:
        return _("Its fingerprints were erased on %(time)s.") % {"time": when(picture["out_at"])}
    if picture["out_at"]:
        return _("Since %(time)s no upload is compared with it.") % {"time": when(picture["out_at"])}
    if picture["bank"] == REMOVED:
        return _("Uploads that match it are stopped.")
    return _("Uploads that match it come before a person.")


def _clocks(facts: Facts) -> Iterator[Block]:
    yield _text(words.about_clocks())
    rows: Rows = [
        (
            _law_and_article(clock), _about_what(clock), when(clock["started_at"]), when(clock["due_at"]),
            _ended(clock),
        )
        for clock in facts["clocks"]
    ]  # fmt: skip
    head = [_("Law"), _("What for"), _("From"), _("Due"), _("What came of it")]
    yield _table(head, rows, [5, 4, 4, 4, 5]) if rows else _text(_("None"))


def _law_and_article(clock: Facts) -> str:
    return ", ".join(part for part in (law_name(clock["law"]), clock["article"]) if part)


def _about_what(clock: Facts) -> str:
    what = str(Duty(clock["duty"]).label)
    return f"{what} ({_('address')} {clock['address']})" if clock["address"] else what


def _ended(clock: Facts) -> str:
    state = str(ClockState(clock["state"]).label)
    return f"{state}: {when(clock['ended_at'])}" if clock["ended_at"] else state


def _decisions(facts: Facts) -> Iterator[Block]:
    if not facts["decisions"]:
        yield _text(_("Nothing was decided yet."))
    for decision in facts["decisions"]:
        yield _facts(
            (_("Decided"), when(decision["at"])),
            (_("Decision"), str(Outcome(decision["outcome"]).label)),
            (_("Ground"), str(Ground(decision["ground"]).label)),
            (_("What was looked at"), str(Basis(decision["basis"]).label)),
            (_("Reasons"), decision["reasons"]),
            (_("Stands"), _yes(decision["stands"])),
        )
        rows: Rows = [
            (when(action["at"]), str(Measure(action["measure"]).label), _on_what(action))
            for action in decision["actions"]
        ]
        if rows:
            yield _table([_("When"), _("What the platform did"), _("On what")], rows, [4, 6, 8])


def _on_what(action: Facts) -> str:
    if action["address"]:
        return f"{_('address')} {action['address']}"
    return " ".join(text for text in (action["content_id"], action["content_url"]) if text) or _(
        "all that was reported"
    )


def _appeals(facts: Facts) -> Iterator[Block]:
    for appeal in facts["appeals"]:
        yield _facts(
            (_("Appealed"), when(appeal["at"])), (_("By"), str(Appellant(appeal["who"]).label)),
            (_("Text"), appeal["text"]), (_("State"), str(AppealState(appeal["state"]).label)),
            (_("Decided"), when(appeal["decided_at"]) if appeal["decided_at"] else ""),
            (_("Reasons"), appeal["reasons"]),
        )  # fmt: skip


def _messages(facts: Facts) -> Iterator[Block]:
    rows: Rows = [
        (when(row["at"]), str(Author(row["author"]).label), row["text"]) for row in facts["messages"] if row["text"]
    ]
    if rows:
        yield _table([_("When"), _("Who"), _("Text")], rows, [4, 2, 12])


def _platforms(facts: Facts) -> Iterator[Block]:
    for row in facts["platforms"]:
        missed = _("No answer came in time.") if row["missed"] else ""
        yield _facts(
            (_("Platform"), row["platform"]), (_("Addresses"), "\n".join(row["addresses"])),
            (_("Law"), law_name(row["law"])), (_("How"), str(Way(row["way"]).label)),
            (_("Sent"), when(row["sent_at"])), (_("Due"), when(row["due_at"])),
            (_("Answer"), str(OutwardState(row["state"]).label)),
            (_("Answered"), when(row["answered_at"]) if row["answered_at"] else ""), (_("Missed"), missed),
        )  # fmt: skip


def _seen(facts: Facts) -> Iterator[Block]:
    rows: Rows = [(when(row["at"]), words.seen(row), words.place(row)) for row in facts["seen"]]
    if rows:
        yield _text(words.about_seen())
        yield _table([_("When"), _("What"), _("Where")], rows, [4, 8, 6])


def _timeline(facts: Facts) -> Iterator[Block]:
    yield _text(words.about_timeline(is_full=facts["extent"] == Extent.FULL))
    rows: Rows = [
        (str(row["index"]), when(row["at"]), words.event(row["event"]), words.actor(row["by"]))
        for row in facts["timeline"]
    ]
    head = [_("Place in the log"), _("When"), _("What"), _("Who")]
    yield _table(head, rows, [2, 4, 8, 3]) if rows else _text(_("None"))


def _proofs(facts: Facts) -> Iterator[Block]:
    log = facts["log"]
    if not log["checkpoint"]:
        yield _text(_("The log has no signed head yet: make the dossier again in a few minutes."))
        return
    yield from (_text(text) for text in words.about_proofs())
    yield Block("code", text='argine receipt verify dossier.json --key "KEY"')
    yield _text(_("The log's key, as this dossier says it:"))
    yield Block("code", text=log["key"])
    yield _text(_("The signed head, under which every line of the time line is proved:"))
    yield Block("code", text=log["checkpoint"].strip())
