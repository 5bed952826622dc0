"""`argine evidence`: what stands at reported addresses, without any of its media."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from argine.cli.desk.folder import changes_desk, reads_desk
from argine.cli.exits import CommandError, Exit
from argine.cli.output import columns, json_line, json_option, plain, wants_json
from argine.cli.private_file import writing
from argine.desk.cases.models import Case
from argine.desk.core import time
from argine.desk.core.actor import SHELL
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.desk.evidence import operations, queries
from argine.desk.evidence.enums import Problem, Stamp
from argine.desk.evidence.models import PageRecord

SHORT_TEXT = 2000


@click.group("evidence")
def command() -> None:
    """Look at reported addresses, and keep what stands there as words: never a picture or film.

    Only hosts that ARGINE_EVIDENCE_HOSTS allows are looked at, and nothing for a case about somebody under 18.
    """


def _case(number: int) -> Case:
    found = Case.objects.filter(number=number).first()
    if found is None:
        raise CommandError(f"There is no case {number}.", Exit.BAD_INPUT)
    return found


def _record(record_id: UUID) -> PageRecord:
    try:
        return queries.get(record_id)
    except NotFoundError as error:
        raise CommandError(
            "There is no such record. `argine evidence list CASE` names them.", Exit.BAD_INPUT
        ) from error


@command.command("take")
@click.argument("number", metavar="CASE", type=int)
@click.option("--address", help="One of the case's addresses; all of them if none is named.")
@json_option
@changes_desk
def take(number: int, address: str | None, *, as_json: bool) -> None:
    """Keep a record of each page that was reported in a case, by its number."""
    case = _case(number)
    found = [one for one in queries.addresses(case) if address in {None, one.url}]
    if not found:
        raise CommandError(f"Case {number} has no such address.", Exit.BAD_INPUT)
    refused = []
    for one in found:
        try:
            _tell([operations.take(one, by=SHELL)], as_json=as_json)
        except RefusedError as error:
            refused.append(str(error))
    if refused:
        raise CommandError(" ".join(dict.fromkeys(refused)), Exit.REFUSED)


@command.command("list")
@click.argument("number", metavar="CASE", type=int)
@json_option
@reads_desk
def show_all(number: int, *, as_json: bool) -> None:
    """Name the records of a case, newest first."""
    rows = queries.of_case(_case(number))
    if rows or wants_json(as_json=as_json):
        _tell(rows, as_json=as_json)
    else:
        click.echo("There is none.")


def _tell(rows: list[PageRecord], *, as_json: bool) -> None:
    lines = [
        {
            "record": str(row.id),
            "taken_at": time.iso(row.taken_at),
            "status": row.status,
            "problem": row.problem,
            "stamped": row.stamped,
            "erased": not row.record,
        }
        for row in rows
    ]
    if wants_json(as_json=as_json):
        for line in lines:
            json_line(line)
        return
    columns([("RECORD", "TAKEN AT", "STATUS", "")] + [_row(row) for row in rows])


def _row(row: PageRecord) -> tuple[str, str, str, str]:
    said = "erased" if not row.record else str(Problem(row.problem).label) if row.problem else ""
    return str(row.id), time.iso(row.taken_at), str(row.status), said


@command.command("show")
@click.argument("record_id", metavar="RECORD", type=UUID)
@reads_desk
def show(record_id: UUID) -> None:
    """Show what a record says: whom it names first, then its words."""
    row = _record(record_id)
    facts = _facts(row)
    page = facts["page"] or {}
    named = [f"{one['currency']} {one['address']}" for one in page.get("payments", [])]
    rows = [
        ("Address", facts["address"]),
        ("Taken at", facts["taken_at"]),
        ("Answer", f"HTTP {row.status}" if not row.problem else str(Problem(row.problem).label)),
        ("Time stamp", str(Stamp(row.stamped).label)),
        *(("Pay to", one) for one in named),
        *(("Account", one) for one in page.get("handles", [])),
        *(("E-mail", one) for one in page.get("mails", [])),
        *(("Media", f"{one['kind']} {one['address']} {one['sha256']}") for one in facts["media"]),
        ("Title", page.get("title", "")),
    ]
    columns(rows)
    for line in str(page.get("text", ""))[:SHORT_TEXT].splitlines():
        click.echo(plain(line, SHORT_TEXT))


def _facts(row: PageRecord) -> dict[str, Any]:
    try:
        return dict(queries.facts(row))
    except RefusedError as error:
        raise CommandError(str(error), Exit.REFUSED) from error


@command.command("export")
@click.argument("record_id", metavar="RECORD", type=UUID)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File; standard output if none.")
@reads_desk
def export(record_id: UUID, output: Path | None) -> None:
    """Write a record with all that proves it: the salt of what the log holds, and the time stamp."""
    row = _record(record_id)
    _facts(row)
    with writing(output) as file:
        click.echo(json.dumps(queries.export(row), indent=1), file=file)
