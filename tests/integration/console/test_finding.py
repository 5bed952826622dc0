"""Narrowing the queue down, and finding cases by what somebody has in hand."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories import cat_signals, log_in, make_case, make_order, make_staff, random_signals, staff_client

from argine.desk.cases.models import Address, Case
from argine.desk.cases.operations import claim
from argine.desk.clocks.models import Clock
from argine.desk.console import search
from argine.desk.core import time
from argine.desk.core.actor import staff
from argine.desk.people.models import Staff
from argine.signals.types import Signal, SignalType

pytestmark = pytest.mark.django_db


def numbers(client: Client, **query: object) -> set[int]:
    return {row.number for row in client.get("/console/", query).context["rows"]}


@pytest.fixture
def me() -> Staff:
    return make_staff()


def due_in(case: Case, hours: float | None) -> Case:
    if hours is None:
        Clock.objects.filter(case_id=case.pk).update(ended_at=time.now())
    else:
        Clock.objects.filter(case_id=case.pk).update(due_at=time.now() + timedelta(hours=hours))
    return case


def test_each_filter_lets_its_cases_through_and_an_unknown_word_is_none(me: Staff) -> None:
    colleague, client = make_staff(), log_in(me)
    late, soon, later, none = (due_in(make_case().case, hours) for hours in (-1, 3, 30, None))
    order = due_in(make_order().case, 30)
    italian = due_in(make_case(language="it").case, 30)
    claim(late, by=staff(me.pk))
    claim(soon, by=staff(colleague.pk))
    everything = {case.number for case in (late, soon, later, none, order, italian)}
    expected: list[tuple[dict[str, str], set[int]]] = [
        ({"left": "late"}, {late.number}),
        ({"left": "soon"}, {soon.number}),
        ({"left": "later"}, {later.number, order.number, italian.number}),
        ({"left": "none"}, {none.number}),
        ({"kind": "order"}, {order.number}),
        ({"kind": "notice"}, everything - {order.number}),
        ({"claimed": "mine"}, {late.number}),
        ({"claimed": "taken"}, {soon.number}),
        ({"claimed": "free"}, everything - {late.number, soon.number}),
        ({"language": "it"}, {italian.number}),
        ({"language": "it", "left": "late"}, set()),
        ({"left": "x", "claimed": "x", "kind": "x", "language": "x"}, everything),
    ]
    for query, found in expected:
        assert numbers(client, **query) == found, query


def test_tabs_and_pages_keep_the_filters_and_the_form_shows_them(me: Staff) -> None:
    make_case()
    page = log_in(me).get("/console/", {"left": "later", "law": "us-tida-s3"}).content.decode()
    assert "?state=closed&amp;law=us-tida-s3&amp;left=later" in page
    assert '<option value="later" selected>' in page


def found(client: Client, text: str) -> set[int]:
    answer = client.post("/console/search", {"text": text})
    if answer.status_code == 200:
        return {row.number for row in answer.context["rows"]}
    place = answer.headers["Location"]
    return set() if place == "/console/" else {Case.objects.get(pk=place.rpartition("/")[2]).number}


@pytest.fixture
def placed() -> list[Case]:
    return [
        make_case(addresses=[url]).case
        for url in ("https://www.site.example/a?x=1", "http://site.example/b/", "https://other.example/a?x=1")
    ]


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("https://site.example/a?x=1", {0}),
        ("site.example/a?x=1", {0}),
        ("site.example/b", {1}),
        ("site.example", {0, 1}),
        ("SITE.example.", {0, 1}),
        ("https://site.example/", {0, 1}),
        ("www.other.example", {2}),
        ("nowhere.example", set()),
        ("site.example/c", set()),
        ("http://[", set()),
        ("https://site.example:x/", set()),
        ("://", set()),
        ("/", set()),
    ],
)
def test_an_address_finds_what_names_it_and_a_host_all_that_is_there(
    placed: list[Case], text: str, which: set[int]
) -> None:
    assert found(staff_client(), text) == {placed[index].number for index in which}


def test_a_signal_finds_the_very_picture_and_a_look_also_what_is_near() -> None:
    (cat,) = cat_signals()
    near = Signal(SignalType.PDQ, bytes([cat.value[0] ^ 1, *cat.value[1:]]), 100)
    signals = random_signals()
    one, other = make_case(pictures=[signals]).case, make_case(pictures=[[cat]]).case
    client = staff_client()
    for signal in signals:
        assert found(client, signal.value.hex()) == {one.number}
        assert found(client, signal.value.hex().upper()) == {one.number}
    assert found(client, near.value.hex()) == {other.number}
    assert found(client, "0" * 32) == set()
    assert found(client, "f" * 64) == set()


def test_addresses_and_hosts_are_found_by_keyed_digests_alone(placed: list[Case]) -> None:
    for address in Address.objects.all():
        assert len(bytes(address.host_digest)) == 32
        assert b"site" not in bytes(address.host_digest)


def test_many_are_cut_and_it_is_said(monkeypatch: pytest.MonkeyPatch, placed: list[Case]) -> None:
    monkeypatch.setattr(search, "MOST", 1)
    assert found(staff_client(), "site.example") == {placed[1].number}, "the newest"


def test_sensitive_cases_are_found_by_none_of_it(placed: list[Case]) -> None:
    Case.objects.update(sensitive=True)
    client: Any = staff_client()
    for text in ("site.example", "https://site.example/a?x=1"):
        assert found(client, text) == set()
