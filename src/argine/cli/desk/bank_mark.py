"""`argine bank mark`: only a part of a banked picture is unlawful, or it is not so after all."""

from uuid import UUID

import click

from argine.cli.desk.folder import changes_desk
from argine.cli.exits import CommandError, Exit
from argine.cli.output import json_line, json_option, wants_json
from argine.cli.regions import RegionText
from argine.desk.banks import operations, queries
from argine.desk.core.actor import SHELL
from argine.matching.regions import text_of
from argine.signals.patch import Rectangle


@click.command("mark")
@click.argument("entry", type=click.UUID, metavar="ENTRY")
@click.option("--region", type=RegionText(), help="The unlawful part: x, y, width, height in fractions of the picture.")
@click.option("--clear", is_flag=True, help="No part is marked any more: the whole picture matches.")
@click.option("--reason", required=True, help="Why; it stays on record.")
@json_option
@changes_desk
def mark_command(entry: UUID, region: Rectangle | None, reason: str, *, clear: bool, as_json: bool) -> None:
    """Say that only a part of a banked picture is unlawful, as of a face put on a lawful picture.

    From the next check on, a copy matches only if it agrees in that part, or is the very same file: the lawful
    picture it was made from is not blocked with it. ENTRY is an id, as `show` tells it.
    """
    if (region is None) != clear:
        raise CommandError("Give either --region or --clear.", Exit.USAGE)
    operations.change_region(queries.find_entry(entry), region, reason, by=SHELL)
    if wants_json(as_json=as_json):
        json_line({"entry": str(entry), "region": None if region is None else text_of(region)})
    else:
        click.echo(f"{entry}: {'no part is marked' if region is None else f'bound to {text_of(region)}'}")
