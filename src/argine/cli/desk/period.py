"""The options that name a period."""

import click

from argine.cli.exits import CommandError, Exit
from argine.desk.core.errors import InvalidError
from argine.desk.reports.period import Period, parse

from_option = click.option("--from", "first", required=True, metavar="DAY", help="First day, such as 2026-01-01 (UTC).")
to_option = click.option("--to", "last", required=True, metavar="DAY", help="Last day; it belongs to the period.")


def read(first: str, last: str) -> Period:
    try:
        return parse(first, last)
    except InvalidError as error:
        raise CommandError(str(error), Exit.USAGE) from error
