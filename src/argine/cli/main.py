"""`argine`: the table of all commands."""

import click

from argine import __version__
from argine.cli.lazy import LazyGroup, Row

COMMANDS = {
    "up": Row("argine.cli.desk.up", "Start Argine: web, clocks and jobs.", desk=True, makes_folder=True),
    "demo": Row(
        "argine.cli.desk.demo", "Start Argine with a believable set of made-up cases.", desk=True, makes_folder=True
    ),
    "hash": Row("argine.cli.hash", "Make the signals of pictures."),
    "compare": Row("argine.cli.compare", "Say how far two pictures are apart."),
    "bench": Row("argine.cli.bench", "Measure how well and how fast Argine works."),
    "check": Row("argine.cli.desk.check", "Ask whether files match a bank.", desk=True),
    "doctor": Row("argine.cli.desk.doctor", "Say whether the desk is well, and what to do where not.", desk=True),
    "scan": Row("argine.cli.desk.scan", "Find copies of what is banked among stored files.", desk=True),
    "bank": Row("argine.cli.desk.bank", "Create, list, fill, export and import banks.", desk=True),
    "evidence": Row("argine.cli.desk.evidence", "Keep records of reported pages, without their media.", desk=True),
    "retention": Row("argine.cli.desk.retention", "Show and erase the records whose time is over.", desk=True),
    "backup": Row("argine.cli.desk.backup", "Write the desk into one sealed file.", desk=True),
    "restore": Row("argine.cli.desk.restore", "Put a desk back from a backup.", desk=True),
    "database": Row("argine.cli.desk.database", "Move the desk from its file into PostgreSQL.", desk=True),
    "secrets": Row("argine.cli.desk.secrets", "Change the key of sealed fields; make identities.", desk=True),
    "log": Row("argine.cli.desk.log", "Show, sign, prove and verify the log.", desk=True),
    "receipt": Row("argine.cli.receipt", "Check receipts, without a desk."),
    "export": Row("argine.cli.desk.export", "Write files that other systems take.", desk=True),
    "report": Row("argine.cli.desk.report", "Write reports about a period.", desk=True),
    "staff": Row("argine.cli.desk.staff", "Invite staff, give them roles, let the locked-out in.", desk=True),
    "partner": Row("argine.cli.desk.partner", "Exchange signals with other organisations.", desk=True),
    "connect": Row("argine.cli.connect", "Let a platform's software ask a desk without a change to it."),
    "key": Row("argine.cli.desk.key", "Make and revoke the keys of platforms.", desk=True),
}


@click.group(cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="argine")
@click.option("--traceback", is_flag=True, help="Show where in the program an error arose.")
def main(*, traceback: bool) -> None:
    """Argine keeps intimate pictures that are shared without consent from coming back."""
