"""Whom to write to about a host: what the registries answer, what they cannot make the desk do, who may ask."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st
from tests.factories import REVIEWER, every_fault, fresh, log_events, make_case, make_case_in, staff_client
from tests.registry_answers import DOMAIN, IANA, NETWORK, Registries, listening

from argine.desk.cases.enums import CaseState
from argine.desk.cases.operations import freeze, purge
from argine.desk.core import outside, time
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.desk.core.outside import Trouble
from argine.desk.evidence import queries, rdap
from argine.desk.evidence.models import HostRecord
from argine.desk.evidence.operations import ask, forget_of_minors
from argine.desk.evidence.rdap import Contact, RegistryError

pytestmark = pytest.mark.django_db
DAY = "2026-11-26"
HOST = "www.site.example"


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Iterator[Registries]:
    settings.CONFIG = replace(settings.CONFIG, domain_lookups=True)
    with listening(monkeypatch) as found:
        yield found


def test_the_registrar_and_the_network_say_where_they_take_complaints(registries: Registries) -> None:
    said: Any = rdap.facts(HOST, DAY)
    domain, (network,) = said["domain"], said["networks"]
    assert domain["name"] == "site.example"
    assert (domain["registrar"], domain["registrar_id"]) == ("Example Registrar, Inc.", "9999")
    assert domain["abuse"] == ({"name": "", "mail": "abuse@registrar.example", "phone": "+1.5555550100"},)
    assert domain["registered"] == "2025-02-03T04:05:06Z"
    assert domain["nameservers"] == ("ns1.dns.example", "ns2.dns.example")
    assert (network["holder"], network["country"]) == ("Example Hosting B.V.", "NL")
    assert network["abuse"] == ({"name": "Abuse desk", "mail": "abuse@hosting.example", "phone": ""},)
    assert "person@hosting.example" not in json.dumps(said)


def test_the_shortest_name_that_the_registry_knows_is_asked_for(registries: Registries) -> None:
    told = {**DOMAIN, "ldhName": "site.co.example"}
    registries.answers["https://rdap.registry.example/v1/domain/site.co.example"] = (200, told)
    found = rdap.domain("a.b.site.co.example", DAY)
    assert found is not None
    assert found.name == "site.co.example"
    assert rdap.domain("nothing.example", DAY) is None


def test_the_narrowest_network_over_https_is_asked(registries: Registries) -> None:
    rdap.network("93.184.215.14", DAY)
    assert registries.asked[-1] == "https://rdap.net.example/ip/93.184.215.14"
    rdap.network("93.1.2.3", DAY)
    assert registries.asked[-1] == "https://rdap.wide.example/ip/93.1.2.3"


def test_the_lists_of_registries_are_asked_for_once_a_day(registries: Registries) -> None:
    for day in (DAY, DAY, "2026-11-27"):
        rdap.domain(HOST, day)
    assert registries.asked.count(f"{IANA}/dns.json") == 2


def test_a_number_has_a_network_and_no_name(registries: Registries) -> None:
    said: Any = rdap.facts("93.184.215.14", DAY)
    assert said["domain"] is None
    assert said["networks"][0]["name"] == "EXAMPLEHOST"


@pytest.mark.parametrize(
    "answer",
    [
        (302, "http://rdap.registry.example/plain"),
        (302, "https://rdap.registry.example/v1/domain/site.example"),
        (302, "file:///etc/passwd"),
        (500, {}),
        (200, b"noise"),
        (200, b"[]"),
        (200, b"[" * 100_000),
        (0, Trouble.PRIVATE),
        (0, Trouble.SLOW),
    ],
)
def test_what_a_registry_cannot_make_the_desk_do(registries: Registries, answer: tuple[int, Any]) -> None:
    registries.answers["https://rdap.registry.example/v1/domain/site.example"] = answer
    with pytest.raises(RegistryError):
        rdap.domain(HOST, DAY)
    said: Any = rdap.facts(HOST, DAY)
    assert said["domain"] is None
    assert said["networks"]


def test_a_registry_may_lead_to_another(registries: Registries) -> None:
    other = "https://rdap.other.example/ip/93.184.215.14"
    registries.answers["https://rdap.net.example/ip/93.184.215.14"] = (301, other)
    registries.answers[other] = (200, NETWORK)
    assert rdap.network("93.184.215.14", DAY) is not None


@pytest.mark.parametrize("host", ["site.uz", "site.nowhere", "localhost", ""])
def test_of_an_ending_without_a_registry_over_https_nothing_is_known(registries: Registries, host: str) -> None:
    with pytest.raises(RegistryError):
        rdap.domain(host, DAY)
    assert not [url for url in registries.asked if not url.startswith("https://")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["entities", "roles", "vcardArray", "events", "ldhName", "x"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from([*DOMAIN, *NETWORK]), JSON))
@example({"entities": [{"roles": 1, "vcardArray": ["vcard", [["email", {}, "text", ["list"]]]]}]})
@example({"entities": [{"roles": ["registrar", 1, None], "publicIds": [{"identifier": 5}]}]})
def test_no_answer_breaks_the_reading(told: dict[str, Any]) -> None:
    rdap.parse_domain(told)
    rdap.parse_network("93.184.215.14", told)


def test_a_contact_without_a_way_is_none() -> None:
    nobody = {"roles": ["abuse"], "vcardArray": ["vcard", [["fn", {}, "text", "Nobody"]]]}
    somebody = {"roles": ["abuse"], "vcardArray": ["vcard", [["email", {}, "text", "a@b.example"]]]}
    assert rdap.parse_network("::", {"entities": [nobody, somebody]}).abuse == (Contact("", "a@b.example", ""),)


def test_only_a_host_of_the_case_is_asked_about(registries: Registries, settings: LazySettings) -> None:
    case = make_case(addresses=[f"https://{HOST}/1"]).case
    with pytest.raises(NotFoundError):
        ask(case, "other.example", by=REVIEWER)
    row = ask(case, HOST, by=REVIEWER)
    assert log_events(f"case:{case.id}")[-1] == "case.host.asked"
    assert queries.host_facts(row)["host"] == HOST
    assert every_fault() == []
    settings.CONFIG = replace(settings.CONFIG, domain_lookups=False)
    with pytest.raises(RefusedError, match="ARGINE_DOMAIN_LOOKUPS"):
        ask(case, HOST, by=REVIEWER)


@pytest.mark.parametrize("state", [CaseState.FROZEN, CaseState.WITHDRAWN])
def test_of_a_case_that_has_ended_nothing_is_asked(registries: Registries, state: CaseState) -> None:
    with pytest.raises(RefusedError):
        ask(make_case_in(state, addresses=[f"https://{HOST}/1"]), HOST, by=REVIEWER)
    assert registries.asked == []


def test_where_no_registry_answers_nothing_is_kept(registries: Registries, monkeypatch: pytest.MonkeyPatch) -> None:
    registries.answers.clear()
    with pytest.raises(RefusedError, match="No registry"):
        ask(make_case(addresses=[f"https://{HOST}/1"]).case, HOST, by=REVIEWER)
    assert HostRecord.objects.count() == 0


def test_what_was_said_goes_with_the_case_file_and_at_once_for_a_minor(registries: Registries) -> None:
    kept = make_case_in(CaseState.KEPT, addresses=[f"https://{HOST}/1"])
    minor = make_case(addresses=[f"https://{HOST}/2"]).case
    rows = [ask(case, HOST, by=REVIEWER) for case in (kept, minor)]
    freeze(fresh(minor), by=REVIEWER)
    assert forget_of_minors() == 1
    with time.shifted(timedelta(days=3660)):
        purge()
    for row in rows:
        row.refresh_from_db()
        assert (row.host, row.record, row.salt) == ("", "", "")
    assert every_fault() == []


def test_the_guard_gives_no_private_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outside.public_addresses("127.0.0.1") == []
    assert outside.public_addresses("93.184.215.14") == ["93.184.215.14"]
    assert outside.public_addresses("\udcff") == []


@pytest.fixture
def helpline(settings: LazySettings, registries: Registries) -> Client:
    settings.CONFIG = replace(settings.CONFIG, desk_kind="helpline")
    return staff_client()


def test_a_helpline_asks_and_sees_whom_to_write_to_beside_the_words(helpline: Client, registries: Registries) -> None:
    case = make_case(addresses=[f"https://{HOST}/1"]).case
    path = f"/console/cases/{case.pk}"
    assert "Ask the registries" in helpline.get(path).content.decode()
    shown = helpline.post(f"{path}/hosts/{HOST}/ask", follow=True).content.decode()
    for word in ("abuse@registrar.example", "abuse@hosting.example", "Example Hosting B.V.", "Ask again"):
        assert word in shown
    assert "abuse@hosting.example" in helpline.get(f"{path}/outward/{HOST}").content.decode()
    registries.answers.clear()
    rdap._services.cache_clear()
    assert "No registry answered" in helpline.post(f"{path}/hosts/{HOST}/ask", follow=True).content.decode()
    assert helpline.post(f"{path}/hosts/other.example/ask").status_code == 404
