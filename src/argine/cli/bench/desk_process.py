"""What `argine bench desk` does inside a data folder: `python -m argine.cli.bench.desk_process fill|measure`.

It reads what to do as JSON from standard input and writes what came of it as JSON.
"""

import json
import secrets
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from time import perf_counter, process_time
from typing import TypedDict

from argine.desk.boot import attach
from argine.signals.types import Signal, SignalType

attach()  # the folder is named by the environment; models need Django to be up

from argine.desk.banks.live import BANKS  # noqa: E402
from argine.desk.banks.models import EntrySignal  # noqa: E402
from argine.desk.cases.enums import OPEN, CaseState  # noqa: E402
from argine.desk.cases.models import Case  # noqa: E402
from argine.desk.cases.operations import submit_notice  # noqa: E402
from argine.desk.core import time  # noqa: E402
from argine.desk.core.actor import SHELL  # noqa: E402
from argine.desk.demo.operations import fill  # noqa: E402
from argine.desk.demo.seed import BASIC  # noqa: E402
from argine.desk.people.enums import Role  # noqa: E402
from argine.desk.people.operations import NewStaff, invite, join  # noqa: E402
from argine.desk.serve.ticker import do_due  # noqa: E402

EMAIL = "bench@desk.example"


class Task(TypedDict):
    """What a process does: `fill` with so many open cases, or `measure` so many times."""

    count: int


class Filled(TypedDict):
    """A desk that was filled: who may log in, how many cases there are, one of them."""

    email: str
    password: str
    open: int
    all: int
    case: str
    number: int
    address: str
    pdq: str
    sha256: str


Took = tuple[float, float]
"""Milliseconds that one thing took, and of them those in which a processor worked for it."""


class Measured(TypedDict):
    """How long each of what was done took: notices received, and passes of the ticker.

    `first` is the pass that finds nothing, `minute` those a minute apart, `hour` the one after an hour of standstill.
    """

    submit: list[Took]
    first: list[Took]
    minute: list[Took]
    hour: list[Took]


def filled(task: Task) -> Filled:
    password = secrets.token_urlsafe(16)
    join(invite(Role.OPERATOR, by=SHELL), NewStaff(EMAIL, "Bench", password))
    fill(task["count"])
    waiting = Case.objects.filter(state=CaseState.RECEIVED, addresses__isnull=False).order_by("number")[0]
    hashes = {kind: EntrySignal.objects.filter(type=kind).order_by("pk")[0] for kind in ("pdq", "sha256")}
    return Filled(
        email=EMAIL, password=password, open=Case.objects.filter(state__in=OPEN).count(), all=Case.objects.count(),
        case=str(waiting.id), number=waiting.number,
        address=waiting.addresses.order_by("position")[0].url,
        pdq=bytes(hashes["pdq"].value).hex(), sha256=bytes(hashes["sha256"].value).hex(),
    )  # fmt: skip


def measured(task: Task) -> Measured:
    BANKS.matcher()  # a web process has read the banks when it is asked
    BANKS.set_aside.match([])
    times = range(task["count"])
    first = _passes(timedelta(0), [0])
    submit = [_took(_submit) for _ in times]
    minute = _passes(timedelta(minutes=1), times)
    hour = _passes(timedelta(minutes=task["count"], hours=1), [0])
    return Measured(submit=submit, first=first, minute=minute, hour=hour)


def _passes(ahead: timedelta, times: Iterable[int]) -> list[Took]:
    found = []
    for number in times:
        with time.shifted(ahead * (number + 1)):
            found.append(_took(do_due))
    return found


def _submit() -> None:
    """A notice of one picture that is like no other, and of one address."""
    picture = [Signal(SignalType.PDQ, secrets.token_bytes(32), 100), Signal(SignalType.SHA256, secrets.token_bytes(32))]
    address = f"https://forum.example/t/{secrets.token_hex(8)}"
    submit_notice(
        replace(BASIC, pictures=[picture], addresses=[address], contact=f"{secrets.token_hex(4)}@example.org")
    )


def _took(do: Callable[[], object]) -> Took:
    start, worked = perf_counter(), process_time()
    do()
    return (perf_counter() - start) * 1e3, (process_time() - worked) * 1e3


def main() -> None:
    task: Task = json.loads(sys.stdin.readline())
    json.dump((filled if sys.argv[1] == "fill" else measured)(task), sys.stdout)


if __name__ == "__main__":
    main()
