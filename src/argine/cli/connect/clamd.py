"""`argine connect clamd`: for what scans uploads with ClamAV over a socket."""

from typing import Unpack

import click

from argine.cli.connect.options import Given, asker_of, intake_of, run, shared
from argine.connect.clamd import Clamd
from argine.connect.policy import Fail
from argine.desk.core.time import now


@click.command("clamd")
@shared("127.0.0.1:3310", Fail.OPEN, Fail.CLOSED, Fail.ERROR)
def clamd_command(**given: Unpack[Given]) -> None:
    """Speak as clamd does: what scans uploads with ClamAV over a socket then finds known pictures.

    A known picture is `Argine.KnownCopy FOUND`. It looks for no viruses: where you need both, keep your scanner and add
    this one. Files come as INSTREAM only.
    """
    asker = asker_of("clamd", given)
    run(Clamd(intake_of(asker, given), now()).handle, asker, given)
