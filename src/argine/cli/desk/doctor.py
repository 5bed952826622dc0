"""`argine doctor`: whether the desk itself is well."""

from typing import TypedDict

import click

from argine.cli.desk.folder import reads_desk
from argine.cli.exits import Exit
from argine.cli.output import columns, json_line, json_option, wants_json
from argine.desk.doctor.checks import Check, all_checks, is_well
from argine.desk.doctor.facts import gather


class CheckRecord(TypedDict):
    """What is written of one check; `level` is good, note, warn or bad."""

    check: str
    level: str
    what: str
    to_do: str


@click.command("doctor")
@json_option
@reads_desk
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """Look at processes, queues, disk, keys, log, decoder, clock and backups; say what is wrong and what to do.

    The console's page Health says the same. The exit code is 1 if something is wrong, also for a watching program.
    """
    checks = all_checks(gather())
    if wants_json(as_json=as_json):
        for check in checks:
            json_line(_record(check))
    else:
        columns([(check.level.value.upper(), check.name, f"{check.what} {check.to_do}".strip()) for check in checks])
    context.exit(Exit.OK if is_well(checks) else Exit.DIFFERENT)


def _record(check: Check) -> CheckRecord:
    return {"check": check.name, "level": check.level.value, "what": check.what, "to_do": check.to_do}
