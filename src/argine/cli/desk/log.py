"""`argine log`: the record of everything that was done, its signatures and proofs."""

import json
from itertools import chain
from pathlib import Path

import click
from django.conf import settings

from argine.cli.desk.folder import reads_desk
from argine.cli.desk.log_check import counts, faults, held_against
from argine.cli.exits import CommandError, Exit
from argine.cli.output import columns, json_line, json_option, wants_json
from argine.cli.private_file import writing
from argine.cli.receipt import Trust, read_key, read_text, verify_files
from argine.desk.audit import queries
from argine.desk.audit.models import Entry
from argine.desk.audit.operations import publish_head, sign_head
from argine.desk.core import keys
from argine.desk.core.snapshot import one_moment
from argine.merkle.note import VerifierKey


@click.group("log")
def command() -> None:
    """The log holds every step as an entry, hashed with all before it. What is changed later is found."""


@command.command("checkpoint")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, with the signed note in it.")
@reads_desk
def checkpoint(*, as_json: bool) -> None:
    """Sign the log's head and print it. Who keeps it elsewhere can hold the log to it later."""
    publish_head()
    signed = queries.latest_checkpoint()
    if signed is None:
        raise CommandError("The log is empty: there is nothing to sign yet.", Exit.REFUSED)
    text = queries.with_cosignatures(signed)
    if as_json:
        head = queries.head()
        json_line({"log": head.origin, "size": head.size, "root": head.root.hex(), "at": signed.at, "note": text})
    else:
        click.echo(text, nl=False)


@command.command("key")
@click.option("--witness", is_flag=True, help="Print the key that this desk cosigns the logs of others with.")
@reads_desk
def key(*, witness: bool) -> None:
    """Print the log's public key, for whoever checks checkpoints and receipts."""
    click.echo((queries.witness_key() if witness else queries.verifier_key()).text())


@command.command("prove")
@click.argument("index", type=click.IntRange(0))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@reads_desk
def prove(index: int, output: Path | None) -> None:
    """Write a receipt of entry INDEX: the entry, and the proof that it stands in the log.

    `argine receipt verify` checks it anywhere, with nothing but the log's public key.
    """
    sign_head()
    proof = {**queries.receipt(index), "log_key": queries.verifier_key().text()}
    with writing(output) as file:
        json_line(proof, file)
    if output is not None:
        click.echo(f"Wrote the receipt of entry {index} to {click.format_filename(output)}.", err=True)


@command.command("consistency")
@click.argument("old", type=click.IntRange(0))
@click.option("--new", type=click.IntRange(1), help="The size of the signed head to prove. Without it, the newest.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@reads_desk
def consistency(old: int, new: int | None, output: Path | None) -> None:
    """Write the proof that the log only grew since it had OLD entries, with the signed head that it grew to.

    Who kept a checkpoint of OLD entries checks it with `argine receipt verify --proof`, anywhere.
    """
    sign_head()
    with writing(output) as file:
        file.write(queries.growth(old, new).text())


@command.command("show")
@click.option("--since", type=click.IntRange(0), help="Begin with this entry. Without it, the newest are shown.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Show at most so many.")
@json_option
@reads_desk
def show(since: int | None, limit: int, *, as_json: bool) -> None:
    """Show entries, oldest first. None holds a name, an address or a picture."""
    for_machine = wants_json(as_json=as_json)
    rows = queries.entries_from(since if since is not None else max(queries.size() - limit, 0), limit)
    if for_machine:
        for entry in rows:
            json_line(_entry_record(entry))
    else:
        cells = [(entry.index, entry.at, entry.event, entry.subject, entry.by, entry.data) for entry in rows]
        columns([("INDEX", "AT", "EVENT", "SUBJECT", "BY", "DATA"), *cells])


def _entry_record(entry: Entry) -> dict[str, object]:
    try:
        data = json.loads(entry.data)
    except ValueError:
        data = entry.data  # altered: `log verify` says so
    return {
        "index": entry.index, "at": entry.at, "event": entry.event, "subject": entry.subject, "by": entry.by,
        "data": data, "leaf": bytes(entry.leaf_hash).hex(),
    }  # fmt: skip


@command.command("verify")
@click.option(
    "--receipt", "receipts", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Check this receipt, and not the log. Needs no desk.",
)  # fmt: skip
@click.option("--key", metavar="VKEY", help="The key of the log that made the receipt, or @FILE that holds it.")
@click.option(
    "--checkpoint", "kept", type=click.Path(path_type=Path), metavar="FILE",
    help="A signed head that was kept elsewhere: the log, or the receipt, must agree with it.",
)  # fmt: skip
@json_option
@click.pass_context
def verify(
    ctx: click.Context, receipts: tuple[Path, ...], key: str | None, kept: Path | None, *, as_json: bool
) -> None:
    """Check the whole log, and that banks, cases, clocks, staff and keys are as it says; or check receipts.

    Each fault is a line; the exit code is 6 if there is one. Faults mean that something was changed behind the log's
    back, or is damaged: keep a copy of the data folder before you do anything else.
    """
    checkpoint_text = read_text(kept) if kept else None
    if receipts:
        trust = Trust(read_key(key) or _key_of_desk(), checkpoint_text)
        ctx.exit(verify_files(receipts, trust, as_json=as_json))
    if key is not None:
        raise click.UsageError("--key goes with --receipt; the log is checked with its own key.")
    verify_desk(checkpoint_text, as_json=as_json)


def _key_of_desk() -> VerifierKey | None:
    """This desk's own key; None where there is no desk: then a receipt's own key is used, and that is said."""
    return queries.verifier_key() if (settings.KEYS / keys.LOG).is_file() else None


@reads_desk
def verify_desk(checkpoint_text: str | None, *, as_json: bool) -> None:
    """Check the log and all that is compared with it.

    Raises:
        CommandError: something is not as the log says.
    """
    for_machine, found = wants_json(as_json=as_json), 0
    with one_moment():
        for fault in chain(faults(), held_against(checkpoint_text)):
            found += 1
            if for_machine:
                json_line({"where": fault.where, "what": fault.what})
            else:
                click.secho(f"{fault.where} {fault.what}", fg="red")
        number = counts()
    if found:
        raise CommandError(f"The log does not verify: {found} fault{'s' * (found > 1)}.", Exit.ALTERED)
    if for_machine:
        json_line({"ok": True, **number})
    else:
        told = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in number.items())
        click.secho(f"OK: all agrees. Compared: {told}.", fg="green")
