"""The transparency report over a desk with next to nothing in it."""

from datetime import timedelta

import pytest
from tests.factories import make_case, make_order
from tests.integration.reports.test_transparency import named, number, period

from argine.desk.core import time
from argine.desk.reports import requests
from argine.desk.reports.period import Period
from argine.desk.reports.transparency import report

pytestmark = pytest.mark.django_db


def test_orders_stand_by_country(db: None) -> None:
    for _ in range(2):
        make_order(addresses=["https://a.example/1", "https://a.example/2"])
    rows = named(report(period(1, -1)), "03")
    assert [
        (row["Member State"], row["Number of orders to act"], row["Number of items in orders"]) for row in rows
    ] == [
        ("TOTAL", "2", "4"),
        ("IT", "2", "4"),
    ]


def test_both_ends_belong_to_the_period() -> None:
    day = time.now().date()
    make_case()
    column = "Number of notices received"
    for first, last, count in ((0, 0, 1), (1, 1, 0), (1, 0, 1), (0, -1, 1), (-1, -1, 0)):
        days = Period(day - timedelta(days=first), day - timedelta(days=last))
        assert number(named(report(days), "04"), "TOTAL", column) == count


def test_no_sheet_holds_what_a_person_wrote() -> None:
    words = dict.fromkeys(("statement", "where_hint", "contact", "contact_note", "signature"), "zqmark")
    make_case(**words, addresses=["https://a.example/zqmark"])
    days = period(1, -1)
    assert not any("zqmark" in sheet.csv().lower() for sheet in [*report(days), requests.sheet(days)])
