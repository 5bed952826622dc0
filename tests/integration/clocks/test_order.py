"""Clocks of a case stand by their due instant; at one instant a statute comes before an operator's promise."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from argine.desk.clocks.models import Clock
from argine.desk.clocks.queries import clocks_of_case
from argine.desk.console.queue import _leading_regimes
from argine.law.terms import ClockKind

START = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
WANTED = ["near", "u-statute", "t-ordered", "a-promise", "answered"]


@pytest.mark.django_db
def test_at_one_instant_the_statute_comes_first_whatever_its_name() -> None:
    case = uuid4()

    def clock(regime: str, kind: ClockKind, hours: int = 48, ended_at: datetime | None = None) -> None:
        due_at = START + timedelta(hours=hours)
        common = {"case_id": case, "regime_version": 1, "started_at": START}
        Clock.objects.create(regime=regime, kind=kind, due_at=due_at, ended_at=ended_at, **common)

    clock("answered", ClockKind.STATUTORY, 1, ended_at=START)
    clock("a-promise", ClockKind.INDICATIVE)
    clock("u-statute", ClockKind.STATUTORY)
    clock("t-ordered", ClockKind.ORDERED)
    assert _leading_regimes([case]) == {case: "u-statute"}
    clock("near", ClockKind.INDICATIVE, 2)
    assert [clock.regime for clock in clocks_of_case(case)] == WANTED
    assert _leading_regimes([case]) == {case: "near"}
