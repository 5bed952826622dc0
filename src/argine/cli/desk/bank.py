"""`argine bank`: the sets of known pictures, kept as signals."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import click

from argine.cli.desk.bank_add import add_command
from argine.cli.desk.bank_import import Importer, Rules
from argine.cli.desk.bank_lines import FORMAT, Picture, entry_line
from argine.cli.desk.bank_mark import mark_command
from argine.cli.desk.folder import changes_desk, makes_desk, reads_desk
from argine.cli.exits import CommandError, Exit
from argine.cli.output import columns, json_line, json_option, progress, wants_json
from argine.cli.private_file import writing
from argine.desk.banks import operations, policies, queries
from argine.desk.banks.models import Bank, BankEntry
from argine.desk.core import time
from argine.desk.core.actor import SHELL
from argine.desk.core.errors import DeskError
from argine.matching import DEFAULT_PDQ_THRESHOLD, BankKind
from argine.matching.regions import from_units, text_of
from argine.signals.types import SignalType

LONGEST_NAME, LONGEST_ID, LONGEST_ORIGIN = 80, 40, 60


@click.group("bank")
def command() -> None:
    """Banks are sets of known pictures, kept as signals. Uploads are compared with all of them.

    What a match does is the bank's kind. block: the upload is kept out. review: a reviewer looks at it. negative: it is
    known to be lawful, and no other match counts.
    """


command.add_command(add_command)
command.add_command(mark_command)


@command.command("create")
@click.argument("bank_id", metavar="ID")
@click.option("--name", default="", help="What people read. The id, if nothing is given.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in BankKind]), default="block", show_default=True,
    help="What a match does.",
)  # fmt: skip
@click.option(
    "--threshold", type=click.IntRange(0, policies.PDQ_THRESHOLD_LIMIT), default=DEFAULT_PDQ_THRESHOLD,
    show_default=True, help="Largest distance of two pdq signals that is a match, in bits of 256.",
)  # fmt: skip
@json_option
@makes_desk
def create(bank_id: str, name: str, kind: str, threshold: int, *, as_json: bool) -> None:
    """Make an empty bank. ID is its name for programs: letters, digits, - and _."""
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{LONGEST_ID}}}", bank_id):
        raise CommandError(f"An id is 1 to {LONGEST_ID} letters, digits, - and _.", Exit.USAGE)
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise CommandError(f"A name has up to {LONGEST_NAME} characters on one line.", Exit.USAGE)
    bank = operations.create_bank(bank_id, name or bank_id, BankKind(kind), pdq_threshold=threshold, by=SHELL)
    if wants_json(as_json=as_json):
        json_line(_bank_record(bank, live=0))
    else:
        click.echo(f"Made the bank {bank.id}, of kind {bank.kind}, threshold {bank.pdq_threshold}.")


@command.command("thresholds")
@click.argument("bank_id", metavar="BANK")
@click.option(
    "--threshold", "pdq_threshold", type=click.IntRange(0, policies.PDQ_THRESHOLD_LIMIT),
    help="Largest distance of two pdq signals, or frames, that is a match, in bits of 256.",
)  # fmt: skip
@click.option(
    "--film-frames", type=click.IntRange(1, policies.MOST_FILM_FRAMES), help="How many moments of a film must agree."
)
@click.option(
    "--film-query-percent", type=click.IntRange(0, 100), help="What part of the film that is checked must agree."
)
@click.option(
    "--film-entry-percent", type=click.IntRange(0, 100), help="What part of the banked film must appear."
)  # fmt: skip
@json_option
@changes_desk
def thresholds(bank_id: str, *, as_json: bool, **given: int | None) -> None:
    """Show how near something must be to match this bank, and how much of a film; with options, change it."""
    changes = {name: value for name, value in given.items() if value is not None}
    bank = queries.get_bank(bank_id)
    if changes:
        bank = operations.change_thresholds(bank_id, changes, by=SHELL)
    record = queries.thresholds(bank)
    if wants_json(as_json=as_json):
        json_line({"bank": bank.id, **record})
    else:
        columns([("THRESHOLD", "VALUE"), *((name.replace("_", "-"), value) for name, value in record.items())])


@command.command("list")
@json_option
@reads_desk
def list_banks(*, as_json: bool) -> None:
    """Show the banks: kind, threshold, and how many entries are live."""
    live = queries.live_counts()
    banks = [_bank_record(bank, live=live.get(bank.id, 0)) for bank in queries.banks()]
    if wants_json(as_json=as_json):
        for record in banks:
            json_line(record)
    else:
        columns([("ID", "KIND", "THRESHOLD", "ENTRIES", "NAME"), *(tuple(record.values()) for record in banks)])


def _bank_record(bank: Bank, *, live: int) -> dict[str, object]:
    return {
        "bank": bank.id, "kind": bank.kind, "threshold": bank.pdq_threshold, "entries": live, "name": bank.name,
    }  # fmt: skip


@command.command("show")
@click.argument("bank_id", metavar="BANK")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Show at most so many.")
@click.option("--withdrawn", is_flag=True, help="Show those that were withdrawn too.")
@json_option
@reads_desk
def show(bank_id: str, limit: int, *, withdrawn: bool, as_json: bool) -> None:
    """List a bank's entries, newest first. There is no picture to show: only signals are kept."""
    bank = queries.get_bank(bank_id)
    entries = queries.entries_of_bank(bank.id, limit=limit, withdrawn=withdrawn)
    if wants_json(as_json=as_json):
        for entry in entries:
            json_line(_entry_record(entry))
        return
    records = [_entry_record(entry) for entry in entries]
    rows = [
        (record["entry"], record["created_at"], record["origin"], record["case"] or "-", record["state"],
         ", ".join(entry_types(entry)) or "erased", record["region"] or "-")
        for record, entry in zip(records, entries, strict=True)
    ]  # fmt: skip
    columns([("ENTRY", "CREATED", "ORIGIN", "CASE", "STATE", "SIGNALS", "REGION"), *rows])


def entry_types(entry: BankEntry) -> list[str]:
    return sorted({row.type for row in entry.signals.all()})


def _entry_record(entry: BankEntry) -> dict[str, object]:
    return {
        "entry": str(entry.id),
        "created_at": time.iso(entry.created_at),
        "origin": entry.origin,
        "case": str(entry.case_id) if entry.case_id else None,
        "state": "withdrawn" if entry.withdrawn_at else "live",
        "types": entry_types(entry),
        "region": None if entry.region is None else text_of(from_units(entry.region)),
    }


@command.command("withdraw")
@click.argument("entries", nargs=-1, required=True, metavar="ENTRY...")
@click.option("--erase", is_flag=True, help="Delete the signals for good, too: they cannot come back.")
@json_option
@click.pass_context
@changes_desk
def withdraw(ctx: click.Context, entries: tuple[str, ...], *, erase: bool, as_json: bool) -> None:
    """Take entries out of matching, at once and everywhere. ENTRY is an id, as `show` tells it.

    One that is not there does not stop the others: the exit code is then 3.
    """
    failed = False
    for text in entries:
        problem = _withdraw(text, erase=erase)
        failed = failed or bool(problem)
        if wants_json(as_json=as_json):
            json_line({"entry": text, "withdrawn": not problem, "error": problem or None})
        else:
            click.echo(f"{text}: {problem or ('erased' if erase else 'withdrawn')}")
    ctx.exit(Exit.BAD_INPUT if failed else Exit.OK)


@command.command("undo")
@click.argument("entry", metavar="ENTRY")
@json_option
@changes_desk
def undo(entry: str, *, as_json: bool) -> None:
    """Undo a wrong entry: take it out of matching, and have the platform put back what it alone had stopped.

    The list is written here, and the platform reads it at its address for restorations. ENTRY is an id, as `show` tells
    it. An entry of a case is undone by replacing that case's decision.
    """
    try:
        found = queries.find_entry(UUID(entry))
    except ValueError:
        raise CommandError("This is no id of an entry.", Exit.BAD_INPUT) from None
    operations.undo_entry(found, by=SHELL)
    for sighting in queries.stopped_by(found.id):
        if wants_json(as_json=as_json):
            json_line(
                {"check": str(sighting.check_id), "content_id": sighting.content_id,
                 "content_url": sighting.content_url, "stopped_at": sighting.at.isoformat()}
            )  # fmt: skip
        else:
            click.echo(f"put back: {sighting.content_url or sighting.content_id or sighting.check_id}")
    click.echo("Undone. The platform is told.", err=True)


def _withdraw(text: str, *, erase: bool) -> str:
    """Withdraw one; say what is wrong with it, if something is."""
    try:
        entry = queries.find_entry(UUID(text))
        if erase:
            policies.check_erase_alone(entry)
        operations.withdraw_entry(entry, erase=erase, by=SHELL)
    except DeskError as error:
        return str(error)
    except ValueError:
        return "This is no id of an entry."
    return ""


@command.command("export")
@click.argument("bank_id", metavar="BANK")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@reads_desk
def export(bank_id: str, output: Path | None) -> None:
    """Write a bank's live entries as JSON lines (argine-bank/1), for `argine bank import` here or elsewhere.

    The file holds signals and no picture, no case and no person. Hashes can be partly inverted: keep it safe. Patch
    sets, which tell more of a picture or of a film's frames, stay in the desk.
    """
    bank = queries.get_bank(bank_id)
    ids = queries.live_entry_ids(bank.id)
    with writing(output) as file:
        json_line(_header(bank, len(ids)), file)
        for entry in progress(queries.read_entries(ids), "Exporting", len(ids)):
            rows = (row for row in entry.signals.all() if row.type != SignalType.PATCH)
            picture = Picture(tuple(queries.listed(map(queries.signal_of, rows))), queries.region_of(entry))
            json_line(entry_line(str(entry.id), entry.origin, time.iso(entry.created_at), picture), file)
    if output is not None:
        click.echo(f"Wrote {len(ids)} entries of {bank.id} to {click.format_filename(output)}.", err=True)


def _header(bank: Bank, count: int) -> dict[str, object]:
    return {
        "format": FORMAT,
        "bank": bank.id,
        "name": bank.name,
        "kind": bank.kind,
        "threshold": bank.pdq_threshold,
        "entries": count,
        "exported_at": time.iso(time.now()),
    }


@command.command("import")
@click.argument("bank_id", metavar="BANK")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Look at every line and count, but add nothing.")
@click.option(
    "--bare", type=click.Choice([kind.value for kind in SignalType]), default="pdq", show_default=True,
    help="What a hash without a type is.",
)  # fmt: skip
@click.option("--origin", default="import", show_default=True, help="How the entries are marked: where they come from.")
@click.option("--any-kind", is_flag=True, help="Let a file from a bank of another kind in.")
@json_option
@click.pass_context
@makes_desk
def import_file(ctx: click.Context, /, bank_id: str, file: BinaryIO, *, as_json: bool, **rules: str | bool) -> None:
    """Fill a bank from FILE (- for standard input): an export, `argine hash --json`, or a plain hash list.

    A plain list has lines such as `pdq HEX`, `sha256 HEX` or HEX alone. Importing twice adds nothing: an entry with the
    very same signals is passed over, also one that was withdrawn here. Bad lines are listed by number, the others are
    taken, and the exit code is 3.
    """
    asked = _rules(**rules)
    counts = Importer(queries.get_bank(bank_id), asked).run(file, _size(file))
    record: dict[str, object] = {"bank": bank_id, "dry_run": asked.dry_run, **asdict(counts)}
    if wants_json(as_json=as_json):
        json_line(record)
    else:
        verb = "would be added" if asked.dry_run else "added"
        click.echo(
            f"{counts.added} {verb}, {counts.already} there already, {counts.withdrawn} withdrawn here before, "
            f"{counts.bad} bad lines."
        )
    ctx.exit(Exit.BAD_INPUT if counts.bad else Exit.OK)


def _rules(*, bare: object, origin: object, dry_run: object, any_kind: object) -> Rules:
    if not re.fullmatch(rf"[\w.:@/ -]{{1,{LONGEST_ORIGIN}}}", str(origin), re.ASCII):
        raise CommandError(f"An origin is up to {LONGEST_ORIGIN} plain characters.", Exit.USAGE)
    return Rules(SignalType(str(bare)), str(origin), bool(dry_run), bool(any_kind))


def _size(file: BinaryIO) -> int:
    """The file's size, 0 where it has none, such as a pipe's."""
    try:
        return Path(file.name).stat().st_size
    except (OSError, TypeError, AttributeError, ValueError):
        return 0
