"""Many open cases, with ARGINE_CASES=10000 ten thousand: pages, ticker and intake stay within their goals.

Held against the time that the processor worked, which other work on the machine does not lengthen much; `argine bench
desk` measures what a browser waits for.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from time import process_time

import pytest
from django.test import Client
from tests.factories import make_case, staff_client
from tests.raw_sql import IS_SQLITE, raw

from argine.cli.bench.desk import GOALS, LAWS, TABS
from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.enums import OPEN
from argine.desk.cases.models import Case
from argine.desk.core import time
from argine.desk.demo.operations import fill
from argine.desk.people.enums import Role
from argine.desk.serve.ticker import do_due

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

COUNT = int(os.environ.get("ARGINE_CASES", "600"))
TIMES = 12 if COUNT > 1000 else 5


def worked(do: Callable[[], object]) -> float:
    """Milliseconds of the processor that all but the slowest of some times stay under."""
    do()
    took = []
    for _ in range(TIMES):
        start = process_time()
        do()
        took.append((process_time() - start) * 1e3)
    return sorted(took)[-2]


def asked(client: Client, path: str) -> float:
    assert client.get(path).status_code == 200
    return worked(lambda: client.get(path))


def test_many_open_cases_are_within_the_goals() -> None:
    create_default_banks()
    fill(COUNT)
    if not IS_SQLITE:
        raw("ANALYZE")  # as PostgreSQL does by itself within a minute, once it sees what was committed
    assert Case.objects.filter(state__in=OPEN).count() == COUNT
    client = staff_client(Role.OPERATOR)
    case = Case.objects.filter(state="received").order_by("number")[0]
    queue = (
        [f"/console/?state={tab}" for tab in TABS] + [f"/console/?law={law}" for law in LAWS] + ["/console/?page=9999"]
    )
    slow = {path: took for path in queue if (took := asked(client, path)) > GOALS["queue"]}
    assert slow == {}
    assert worked(lambda: client.post("/console/search", {"text": str(case.number)})) < GOALS["search"]
    assert asked(client, f"/console/cases/{case.id}") < GOALS["case"]
    today = time.now().date()
    whole = f"/console/dashboard?from={today - timedelta(days=120)}&to={today}"
    for path in ("/console/dashboard", whole, f"{whole}&law={LAWS[0]}"):
        assert asked(client, path) < GOALS["dashboard"]
    assert worked(do_due) < GOALS["ticker"]
    assert worked(lambda: make_case(addresses=["https://forum.example/t/1"])) < GOALS["ticker"]
