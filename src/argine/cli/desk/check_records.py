"""What `argine check` writes, and how the banks of the data folder are asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, Self, TypedDict

import click

from argine.cli.desk.folder import database_in_words, require_desk
from argine.cli.exits import CommandError, Exit
from argine.cli.hash import FileRecord, parsed, parsed_animation, parsed_film, query_path
from argine.cli.output import plain
from argine.desk.banks import queries
from argine.desk.banks.live import BANKS
from argine.desk.banks.operations import Content, check_upload
from argine.desk.cases.operations import note_seen_again
from argine.desk.core.actor import SHELL
from argine.errors import ArgineError
from argine.matching import Match, Verdict, decide
from argine.signals.hasher import HashedFile

ANSWERS_YES = {Verdict.BLOCK.value, Verdict.REVIEW.value}
COLOURS = {"block": "red", "review": "yellow", "allow": "green", "unhashable": "yellow"}


class InputError(ArgineError):
    """One file cannot be checked; the others can."""

    code = "not_checked"


class PartRecord(TypedDict):
    """A part of the file, and the part of the bank entry that it shows; the times of a picture are 0."""

    file_from: float
    file_until: float
    entry_from: float
    entry_until: float


class MatchRecord(TypedDict):
    """A fact: this bank entry is so near. `region_bound`: its marked part agreed too. `frame`: in an animation.

    `parts`: where one of the two is a film, which part of it shows which part of the other, in seconds.
    """

    bank: str
    bank_kind: str
    entry: str
    signal_type: str
    distance: int
    threshold: int
    strength: str
    region_bound: bool
    frame: int | None
    parts: list[PartRecord]


class CheckRecord(TypedDict):
    """What is written of one file; `verdict` is null where `error` says why."""

    path: str
    verdict: str | None
    matches: list[MatchRecord]
    unhashable: str | None
    error: NotRequired[str]


def empty_record(path: Path, error: str) -> CheckRecord:
    return {"path": str(path), "verdict": None, "matches": [], "unhashable": None, "error": error}


def record_of_answer(path: Path, answer: Mapping[str, object]) -> CheckRecord:
    """Make the record of a server's answer, taking nothing over that has not the form it should have.

    Raises:
        CommandError: it has not.
    """
    verdict, found, why = str(answer["verdict"]), answer["matches"], answer.get("unhashable")
    try:
        matches = [_match_of(item) for item in found] if isinstance(found, list) else []
        known = Verdict(verdict).value
    except (KeyError, TypeError, ValueError):
        raise CommandError(
            "The server's answer is not an Argine's, or it is of another version.", Exit.UNREACHABLE
        ) from None
    unhashable = plain(why) if isinstance(why, str) else None
    return {"path": str(path), "verdict": known, "matches": matches, "unhashable": unhashable}


def _match_of(item: Mapping[str, object]) -> MatchRecord:
    return {
        "bank": plain(str(item["bank"])),
        "bank_kind": plain(str(item["bank_kind"])),
        "entry": plain(str(item["entry"])),
        "signal_type": plain(str(item["signal_type"])),
        "distance": int(str(item["distance"])),
        "threshold": int(str(item["threshold"])),
        "strength": plain(str(item["strength"])),
        "region_bound": item.get("region_bound") is True,
        "frame": _frame_of(item.get("found")),
        "parts": _parts_of(item.get("found")),
    }


def _frame_of(found: object) -> int | None:
    """A server's older version tells no frame."""
    frame = found.get("frame") if isinstance(found, Mapping) else None
    return frame if isinstance(frame, int) else None


def _parts_of(found: object) -> list[PartRecord]:
    """A server's older version tells no times.

    Raises:
        KeyError, TypeError, ValueError: what it tells is of another form.
    """
    times = found.get("times") if isinstance(found, Mapping) else None
    return [] if times is None else [_part(*(float(part[name]) for name in PART)) for part in times["segments"]]


PART = ("query_from", "query_until", "entry_from", "entry_until")


def _part(file_from: float, file_until: float, entry_from: float, entry_until: float) -> PartRecord:
    return {"file_from": file_from, "file_until": file_until, "entry_from": entry_from, "entry_until": entry_until}


@dataclass(frozen=True, slots=True)
class LocalBanks:
    """The banks of the data folder, in memory."""

    banks: frozenset[str] | None
    record: bool

    @classmethod
    def open(cls, banks: Sequence[str], *, record: bool) -> Self:
        """Make sure that there is a desk and that it has these banks; without names, all are asked.

        Raises:
            CommandError: there is no desk.
            NotFoundError: there is no such bank.
        """
        with database_in_words():
            require_desk()
            return cls(frozenset(queries.get_bank(bank).id for bank in banks) or None, record)

    def check(self, path: Path) -> CheckRecord:
        """Ask about one file. Of one that is no picture or film the exact signals are asked about, as the API does.

        Raises:
            InputError: it cannot be read, or it is no picture or film and no identical copy of it is known.
        """
        made = query_path(path)
        with database_in_words():
            verdict, matches = self._match(made)
        if "error" in made and not matches:
            raise InputError(made["error"])
        return {
            "path": str(path),
            "verdict": verdict.value,
            "matches": [match_record(match) for match in matches],
            "unhashable": made["unhashable"] or made.get("error"),
        }

    def _match(self, made: FileRecord) -> tuple[Verdict, Sequence[Match]]:
        signals, views, animation = parsed(made["signals"]), parsed(made.get("views", [])), parsed_animation(made)
        video = parsed_film(made)
        if self.record:
            hashed = HashedFile(signals, made["unhashable"], views, animation, video)
            checked = check_upload(hashed, by=SHELL, banks=self.banks)
            note_seen_again(checked, Content(), by=SHELL)
            return checked.verdict, checked.matches
        matches = BANKS.matcher().match(signals, self.banks, views, animation, video)
        return decide(matches, hashable=made["unhashable"] is None), matches


def match_record(match: Match) -> MatchRecord:
    return {
        "bank": match.bank,
        "bank_kind": match.bank_kind.value,
        "entry": match.entry,
        "signal_type": match.signal_type.value,
        "distance": match.distance,
        "threshold": match.threshold,
        "strength": match.strength.value,
        "region_bound": match.bound_to is not None,
        "frame": match.found.frame,
        "parts": [
            _part(one.query_from, one.query_until, one.entry_from, one.entry_until)
            for one in (match.found.times.segments if match.found.times else ())
        ],
    }


def clock(seconds: float) -> str:
    """Write a time as minutes and seconds, such as 1:05.2."""
    tenths = round(10 * seconds)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def write_text(record: CheckRecord) -> None:
    """Write a record for a person."""
    name, verdict = click.format_filename(record["path"]), record["verdict"]
    if verdict is None:
        click.secho(f"{name}: not checked: {record.get('error', '')}", fg="red")
        return
    click.echo(f"{name}: {click.style(verdict, fg=COLOURS[verdict], bold=True)}")
    for match in record["matches"]:
        distance = f", distance {match['distance']} of at most {match['threshold']}" if match["threshold"] else ""
        frame = "" if match["frame"] is None else f", frame {match['frame']}"
        click.echo(
            f"  {match['bank']} ({match['bank_kind']}): entry {match['entry']}, {match['signal_type']}{distance}{frame}"
            f"{', not sure' if match['strength'] == 'review' else ''}"
            f"{', bound to its marked part' if match['region_bound'] else ''}"
        )
        for part in match["parts"]:
            click.echo(
                f"    {clock(part['file_from'])} to {clock(part['file_until'])} shows "
                f"{clock(part['entry_from'])} to {clock(part['entry_until'])} of the entry"
            )
    if record["unhashable"] is not None:
        click.secho(f"  not compared by look: {record['unhashable']}", fg="yellow")
