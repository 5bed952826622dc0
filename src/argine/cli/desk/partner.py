"""`argine partner`: other organisations that signals are exchanged with."""

import base64
import re
from pathlib import Path
from typing import TextIO

import click

from argine.cli.desk.folder import changes_desk, makes_desk, reads_desk
from argine.cli.exits import CommandError, Exit
from argine.cli.output import columns, json_line, json_option, wants_json
from argine.cli.private_file import writing
from argine.desk.core import time
from argine.desk.core.actor import SHELL
from argine.desk.core.errors import InvalidError
from argine.desk.exchange import operations, queries
from argine.desk.exchange.bundle import key_name
from argine.desk.exchange.enums import Progress, Shape, Trouble
from argine.desk.exchange.models import Partner


@click.group("partner")
def command() -> None:
    """Partners are other organisations. They read what this desk offers, or this desk reads what they offer, or both.

    Nothing is offered until a bank is shared, and of a report nothing until the person agreed. Only pdq, sha256 and md5
    ever leave. What comes in goes to a bank of the partner's own and blocks nothing until a reviewer has looked.
    """


@command.command("self")
@json_option
@reads_desk
def own(*, as_json: bool) -> None:
    """Show what a partner needs of this desk beside its key: the public key that bundles are signed with."""
    raw = queries.public_key()
    record = {"public_key": base64.b64encode(raw).decode(), "name": key_name(raw)}
    if wants_json(as_json=as_json):
        json_line(record)
    else:
        click.echo(f"Public key  {record['public_key']}\nIts name    {record['name']} (read it to one another)")


@command.command("add")
@click.argument("name")
@click.option("--slug", help="A short name; made from NAME if left out.")
@click.option("--url", default="", help="Its address, to read what it offers; left out, it only reads from here.")
@click.option("--public-key", default="", help="The key that its bundles are signed with (`argine partner self`).")
@click.option(
    "--secret-file",
    type=click.File(),
    help="File with the key that it gave us; of StopNCII's shape `FUNCTION,SUBSCRIPTION`, of ThreatExchange's a token.",
)
@click.option(
    "--shape", type=click.Choice([shape.value for shape in Shape]), default=Shape.ARGINE.value, show_default=True,
    help="In which form it offers.",
)  # fmt: skip
@json_option
@makes_desk
def add(
    name: str, slug: str | None, url: str, public_key: str, secret_file: TextIO | None, shape: str,
    *, as_json: bool,
) -> None:  # fmt: skip
    """Begin to exchange with another organisation, called NAME."""
    short = slug or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:20]
    secret = secret_file.read().strip() if secret_file else ""
    try:
        partner = operations.add_partner(
            operations.Agreement(name, short, url, public_key, secret, Shape(shape)), by=SHELL
        )
    except InvalidError as error:
        raise CommandError(" ".join(error.fields.values()) or str(error), Exit.USAGE) from error
    if wants_json(as_json=as_json):
        json_line(_record(partner))
    else:
        click.echo(f"Added {partner.slug}. For a key with which it reads from here: argine partner key {partner.slug}")


@command.command("key")
@click.argument("slug", metavar="PARTNER")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write the key to, alone."
)
@changes_desk
def key(slug: str, output: Path | None) -> None:
    """Make the key with which a partner reads what is offered here; told once, and the one before it ends."""
    secret = operations.issue_key(queries.get_partner(slug), by=SHELL)
    with writing(output) as file:
        click.echo(secret, file=file)


@command.command("list")
@json_option
@reads_desk
def list_partners(*, as_json: bool) -> None:
    """Show the partners: how far each feed was read, how many entries came, and what is wrong."""
    records = [_record(partner) for partner in queries.partners()]
    if wants_json(as_json=as_json):
        for record in records:
            json_line(record)
        return
    rows = [
        (one["partner"], one["state"], one["reads_us"], one["received"], one["kept_out"], one["trouble"] or "-",
         one["name"])
        for one in records
    ]  # fmt: skip
    columns([("PARTNER", "STATE", "READS US", "CAME", "KEPT OUT", "TROUBLE", "NAME"), *rows])


def _record(partner: Partner) -> dict[str, object]:
    counts = queries.counts(partner)
    return {
        "partner": partner.slug,
        "name": partner.name,
        "state": "active" if partner.is_active else "stopped",
        "url": partner.url,
        "reads_us": partner.key_id is not None and partner.is_active,
        "cursor": partner.cursor,
        "received": sum(count for step, count in counts.items() if step != Progress.WITHDRAWN),
        "kept_out": counts.get(Progress.BLOCKED, 0),
        "held": partner.held_from is not None,
        "trouble": str(Trouble(partner.trouble).label) if partner.trouble else "",
        "worked_at": time.iso(partner.worked_at) if partner.worked_at else None,
    }


@command.command("sync")
@click.argument("slug", metavar="PARTNER")
@changes_desk
def sync(slug: str) -> None:
    """Read on at a partner now, and say back what became of its entries; the running desk does so by itself."""
    partner = queries.get_partner(slug)
    if not partner.url or not partner.is_active:
        raise CommandError("This partner is stopped, or offers nothing: it has no address.", Exit.REFUSED)
    operations.sync_partner(partner)
    if partner.trouble:
        raise CommandError(str(Trouble(partner.trouble).label), Exit.REFUSED)
    click.echo(f"Read up to {partner.cursor}.", err=True)


@command.command("go-on")
@click.argument("slug", metavar="PARTNER")
@changes_desk
def go_on(slug: str) -> None:
    """Go on with a partner after you looked into what was wrong: a flood is taken, a shorter feed read anew."""
    operations.go_on(queries.get_partner(slug), by=SHELL)


@command.command("limit")
@click.argument("slug", metavar="PARTNER")
@click.argument("number", type=click.IntRange(1))
@changes_desk
def limit(slug: str, number: int) -> None:
    """Say how many entries may come from a partner in one day; more wait until you look."""
    operations.change_limit(queries.get_partner(slug), number, by=SHELL)


@command.command("stop")
@click.argument("slug", metavar="PARTNER")
@changes_desk
def stop(slug: str) -> None:
    """End the exchange with a partner at once: its key opens nothing, and all that came from it is erased."""
    erased = operations.stop_partner(queries.get_partner(slug), by=SHELL)
    click.echo(f"Stopped. Erased {erased} entries that came from it.", err=True)


@command.command("resume")
@click.argument("slug", metavar="PARTNER")
@changes_desk
def resume(slug: str) -> None:
    """Exchange with a stopped partner again. Its feed is read from the start; it needs a new key."""
    operations.resume_partner(queries.get_partner(slug), by=SHELL)


@command.command("share")
@click.argument("bank_id", metavar="BANK")
@changes_desk
def share(bank_id: str) -> None:
    """Offer a bank's entries to partners; of reports only those whose person agreed."""
    operations.share_bank(bank_id, by=SHELL)


@command.command("unshare")
@click.argument("bank_id", metavar="BANK")
@changes_desk
def unshare(bank_id: str) -> None:
    """Offer a bank no more: partners are told to erase what they got of it."""
    operations.unshare_bank(bank_id, by=SHELL)
