"""What is known of a watched host, and what counts as a change: rules over what registries and the address answered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.registry_answers import card

from argine.desk.evidence import domains, policies, rdap
from argine.desk.evidence.domains import Known
from argine.desk.evidence.enums import Change, Seen, Standing

HOST = "www.site.example"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
DAY = timedelta(days=1)
HELD = Known(
    standing=Standing.REGISTERED,
    registered="2025-02-03",
    owner="Example Ltd",
    registrar="One, Inc.",
    registrar_id="1",
    nameservers=("a.example", "b.example"),
    networks=("192.0.2.0 - 192.0.2.255",),
    seen=Seen.THERE,
    title="leaks",
)
LED = replace(HELD, seen=Seen.MOVED, leads_to="b.example", title="")
FREE = Known(standing=Standing.RELEASED)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (Known(), HELD, []),
        (Known(), FREE, []),
        (HELD, HELD, []),
        (HELD, Known(), []),
        (HELD, FREE, [Change.RELEASED]),
        (FREE, FREE, []),
        (FREE, HELD, [Change.ANEW]),
        (HELD, replace(HELD, registered="2026-11-01"), [Change.ANEW]),
        (HELD, replace(HELD, registered="2024-11-01"), []),
        (HELD, replace(HELD, registered=""), []),
        (replace(HELD, registered=""), HELD, []),
        (HELD, replace(HELD, expired=True), [Change.EXPIRED]),
        (replace(HELD, expired=True), HELD, []),
        (replace(HELD, expired=True), replace(HELD, expired=True), []),
        (Known(), replace(HELD, expired=True), []),
        (HELD, replace(HELD, owner="Other Ltd"), [Change.OWNER]),
        (HELD, replace(HELD, owner="EXAMPLE  LTD"), []),
        (HELD, replace(HELD, owner=""), []),
        (replace(HELD, owner=""), HELD, []),
        (HELD, replace(HELD, registrar="Two, Inc.", registrar_id="2"), [Change.REGISTRAR]),
        (HELD, replace(HELD, registrar="One Group"), []),
        (HELD, replace(HELD, registrar="One Group", registrar_id=""), [Change.REGISTRAR]),
        (HELD, replace(HELD, nameservers=("c.example",)), [Change.NAMESERVERS]),
        (HELD, replace(HELD, nameservers=()), []),
        (HELD, replace(HELD, networks=("203.0.113.0 - 203.0.113.255",)), [Change.NETWORK]),
        (HELD, replace(HELD, networks=(*HELD.networks, "203.0.113.0 - 203.0.113.255")), []),
        (HELD, replace(HELD, networks=()), []),
        (HELD, replace(HELD, seen=Seen.GONE, title=""), []),
        (HELD, replace(HELD, seen=Seen.UNREACHABLE, title=""), []),
        (HELD, replace(HELD, title="casino"), [Change.CONTENT]),
        (HELD, replace(HELD, title=""), []),
        (HELD, replace(HELD, seen=Seen.MOVED, title="", leads_to="b.example"), [Change.CONTENT]),
        (replace(HELD, seen=Seen.GONE), HELD, [Change.CONTENT]),
        (replace(HELD, seen=Seen.UNREACHABLE), HELD, []),
        (LED, replace(LED, leads_to="c.example"), [Change.CONTENT]),
        (LED, LED, []),
        (FREE, replace(HELD, owner="Other Ltd", registrar_id="2"), [Change.ANEW]),
        (domains.merged(HELD, FREE), replace(HELD, owner="Other Ltd", registrar_id="2", registered="2026-11-01"),
         [Change.ANEW, Change.OWNER, Change.REGISTRAR]),
    ],
)  # fmt: skip
def test_what_counts_as_a_change(before: Known, after: Known, changes: list[Change]) -> None:
    assert list(domains.changes(before, after)) == changes


TEXTS = st.sampled_from(["", "one", "two"])
LISTS = st.sampled_from([(), ("one",), ("one", "two"), ("three",)])
KNOWN = st.builds(
    Known,
    standing=st.sampled_from([Standing.UNKNOWN, Standing.REGISTERED, Standing.RELEASED]),
    registered=st.sampled_from(["", "2025-01-01", "2026-01-01"]),
    owner=TEXTS,
    registrar=TEXTS,
    registrar_id=TEXTS,
    nameservers=LISTS,
    networks=LISTS,
    expired=st.booleans(),
    seen=st.sampled_from(list(Seen)),
    leads_to=TEXTS,
    title=TEXTS,
)


@given(KNOWN, KNOWN)
def test_the_same_answer_twice_says_nothing_new(before: Known, after: Known) -> None:
    assert domains.changes(domains.merged(before, after), after) == ()


@given(KNOWN, KNOWN)
def test_what_was_known_survives_an_answer_that_says_nothing_and_the_way_through_json(
    before: Known, after: Known
) -> None:
    assert domains.changes(before, Known()) == ()
    assert domains.merged(before, Known()) == before
    assert domains.of_json(domains.merged(before, after).told()) == domains.merged(before, after)


def facts(**changed: Any) -> dict[str, Any]:
    domain = {"registered": "", "registrar": "", "registrar_id": "", "nameservers": [], **changed}
    return {"host": HOST, "standing": "registered", "domain": domain, "networks": []}


@pytest.mark.parametrize(
    ("said", "has_run_out"),
    [
        ({"expires": "2026-11-25T00:00:00Z"}, True),
        ({"expires": "2026-11-27T00:00:00Z"}, False),
        ({"expires": "2026-11-25T00:00:00"}, True),
        ({"expires": "2026-11-25"}, True),
        ({"expires": "soon"}, False),
        ({}, False),
        ({"status": ["Redemption Period"]}, True),
        ({"status": ["pending delete"], "expires": "2027-01-01T00:00:00Z"}, True),
        ({"status": ["auto renew period"]}, False),
    ],
)
def test_when_a_registration_has_run_out(said: dict[str, Any], *, has_run_out: bool) -> None:
    assert domains.of_registries(facts(**said), NOW).expired is has_run_out


@pytest.mark.parametrize("owner", ["REDACTED FOR PRIVACY", "Data Protected", "Domains By Proxy, Private", "Withheld"])
def test_a_registry_that_hides_the_holder_names_none(owner: str) -> None:
    assert domains.of_registries(facts(owner=owner), NOW).owner == ""


def test_numbers_in_a_title_are_no_other_content() -> None:
    assert domains.words("(3) Leaks — page 12") == domains.words("(17) LEAKS | page 4") == "leaks page"


def test_it_is_asked_later_and_later_and_daily_while_the_name_is_free() -> None:
    waits = [policies.next_ask(same, NOW, is_free=False) - NOW for same in range(1, 40)]
    assert waits[:3] == [DAY, 2 * DAY, 4 * DAY]
    assert all(earlier <= later for earlier, later in pairwise(waits))
    assert waits[-1] == 14 * DAY
    assert policies.next_ask(30, NOW, is_free=True) - NOW == DAY


def test_the_organisation_that_holds_a_name_is_read_and_never_a_person() -> None:
    person = {"roles": ["registrant"], "vcardArray": card(("fn", "Ann Person"))}
    firm = {"roles": ["registrant"], "vcardArray": card(("fn", "Ann Person"), ("org", "Firm Ltd"))}
    kind = {"roles": ["registrant"], "vcardArray": card(("fn", "Firm Ltd"), ("kind", "org"))}
    found = [rdap.parse_domain({"entities": [one]}).owner for one in (person, firm, kind)]
    assert found == ["", "Firm Ltd", "Firm Ltd"]
