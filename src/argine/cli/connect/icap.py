"""`argine connect icap`: for what scans uploads over ICAP."""

from typing import Unpack

import click

from argine.cli.connect.options import Given, asker_of, intake_of, run, shared
from argine.connect.icap import Icap
from argine.connect.policy import Fail


@click.command("icap")
@shared("127.0.0.1:1344", Fail.OPEN, Fail.CLOSED, Fail.ERROR)
def icap_command(**given: Unpack[Given]) -> None:
    """Speak ICAP (RFC 3507): what scans uploads over it, or a proxy before a platform, then finds known pictures.

    A service of any name does REQMOD and RESPMOD; `reqmod` and `respmod` do that one. Of forms, each file is looked at.
    """
    asker = asker_of("icap", given)
    run(Icap(intake_of(asker, given)).handle, asker, given)
