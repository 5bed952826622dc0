"""A sensitive case is not there for who may not see it: in no list, count or search, at no address."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from tests.factories import (
    REVIEWER,
    log_in,
    make_appeal,
    make_case,
    make_decision,
    make_outward,
    make_staff,
    make_stuck,
    random_signals,
)

from argine.desk.audit.models import Entry
from argine.desk.banks.models import BankEntry, Flood
from argine.desk.cases import verify
from argine.desk.cases.enums import Outcome
from argine.desk.cases.models import Case
from argine.desk.cases.operations import mark_sensitive, relate
from argine.desk.cases.permissions import may_see
from argine.desk.cases.queries import current_decision
from argine.desk.console import sight
from argine.desk.console.urls import urlpatterns
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.core.errors import RefusedError
from argine.desk.people import verify as people_verify
from argine.desk.people.enums import Role
from argine.desk.people.models import Staff
from argine.desk.people.operations import let_see_sensitive, set_active

pytestmark = pytest.mark.django_db

OPEN_NAMES = {
    "index",
    "person_id",
    "invitation_id",
    "key_id",
    "pk",
    "token",
    "name",
    "platform",
    "entry_id",
    "kind",
    "reply_id",
    "host",
    "thing_id",
    # What came from partners belongs to no case.
    "partner_id",
    "received_id",
    "bank_id",
}


@pytest.fixture
def confidant() -> Staff:
    """Somebody who sees sensitive cases."""
    person = make_staff(Role.SUPERVISOR)
    let_see_sensitive(person, sees=True, by=SYSTEM)
    return person


@pytest.fixture
def hidden(confidant: Staff) -> Case:
    case = make_case(addresses=["https://a.example/1"]).case
    mark_sensitive(case, sensitive=True, by=REVIEWER)
    return case


def patterns(found: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for one in found:
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns)
        else:
            yield one


def test_every_name_in_an_address_either_leads_to_a_case_or_is_known_not_to() -> None:
    names = {name for one in patterns(urlpatterns) for name in one.pattern.converters}
    assert names <= set(sight.WAYS) | OPEN_NAMES, "does it lead to a case? Then put it into console.sight.WAYS"
    assert not set(sight.WAYS) & OPEN_NAMES


def addresses(case: Case) -> list[str]:
    """Every address of the console that leads to the case."""
    decision = make_decision(case, Outcome.KEEP)
    entry, other = BankEntry.objects.filter(case_id=case.pk).first(), make_case().case
    assert entry is not None
    given: dict[str, Any] = {
        "case_id": case.pk,
        "leading_id": other.pk,
        "entry_id": entry.pk,
        "platform": "a.example",
        "appeal_id": make_appeal(decision).pk,
        "message_id": make_stuck(case).pk,
    }
    found = []
    for one in patterns(urlpatterns):
        names = set(one.pattern.converters)
        if names & {"case_id", "appeal_id", "message_id"} and names <= set(given):
            found.append(reverse(f"console:{one.name}", kwargs={name: given[name] for name in names}))
    return [*found, reverse("console:merge", kwargs={"case_id": other.pk, "leading_id": case.pk})]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("sees", [True, False])
def test_its_addresses_are_not_there_for_who_may_not_see_it(hidden: Case, role: Role, *, sees: bool) -> None:
    found, person = addresses(hidden), make_staff(role)
    if sees:
        let_see_sensitive(person, sees=True, by=SYSTEM)
    assert len(found) > 15
    client = log_in(person)
    for path in found:
        statuses = {client.get(path).status_code, client.post(path, {}).status_code}
        if sees:
            assert statuses != {404}, path
        else:
            # 403: not for this role, whatever the case; 405: not by this method.
            assert statuses <= {404, 403, 405}, path
            assert 404 in statuses or role == Role.REVIEWER, path


def test_a_notice_to_another_platform_is_not_there_either(hidden: Case) -> None:
    sent = make_outward()
    Case.objects.filter(pk=sent.case_id).update(sensitive=True)
    for path in ("reminder", "follow-up", "answer"):
        client = log_in(make_staff(Role.OPERATOR))
        url = f"/console/outward/{sent.pk}/{path}"
        assert 404 in {client.get(url).status_code, client.post(url).status_code}


def test_nor_is_the_alert_of_a_picture_that_matched_many_uploads(hidden: Case, confidant: Staff) -> None:
    entry = BankEntry.objects.get(case_id=hidden.pk)
    flood = Flood.objects.create(entry_id=entry.pk, at=time.now(), uploads=100)
    other = log_in(make_staff(Role.OPERATOR))
    assert other.post(f"/console/banks/floods/{flood.pk}").status_code == 404
    assert other.get("/console/banks").context["floods"] == []
    client = log_in(confidant)
    assert len(client.get("/console/banks").context["floods"]) == 1
    assert client.post(f"/console/banks/floods/{flood.pk}").status_code == 302


def seen(client: Client, path: str, case: Case) -> bool:
    page = client.get(path).content.decode()
    return f"Case {case.number}<" in page or str(case.pk) in page or f"case {case.number}" in page


@pytest.mark.parametrize("path", ["/console/", "/console/?law=us-tida-s3", "/console/records", "/console/outgoing"])
def test_lists_have_it_for_who_may_see_it_alone(hidden: Case, confidant: Staff, path: str) -> None:
    if path == "/console/records":
        make_decision(hidden, Outcome.KEEP)
    make_stuck(hidden)
    assert seen(log_in(confidant), path, hidden)
    assert not seen(log_in(make_staff(Role.OPERATOR)), path, hidden)


def test_counts_and_tabs_leave_it_out(hidden: Case, confidant: Staff) -> None:
    make_case()
    for person, count in ((confidant, 2), (make_staff(), 1)):
        context = log_in(person).get("/console/").context
        assert context["counts"].open == count
        assert {tab.name: tab.count for tab in context["tabs"]}["open"] == count
        assert len(context["rows"]) == count


def test_search_by_number_and_by_code_does_not_find_it(confidant: Staff) -> None:
    sent = make_case()
    mark_sensitive(sent.case, sensitive=True, by=REVIEWER)
    for text in (str(sent.case.number), sent.code):
        assert str(sent.case.pk) in log_in(confidant).post("/console/search", {"text": text}).headers["Location"]
        assert log_in(make_staff()).post("/console/search", {"text": text}).headers["Location"] == "/console/"


def test_a_related_case_does_not_give_it_away(confidant: Staff) -> None:
    signals = random_signals()
    hidden, other = make_case(pictures=[signals]).case, make_case(pictures=[signals]).case
    relate(other)
    mark_sensitive(hidden, sensitive=True, by=REVIEWER)
    page = f"/console/cases/{other.pk}"
    assert seen(log_in(confidant), page, hidden)
    plain = log_in(make_staff())
    assert not seen(plain, page, hidden)
    (row,) = plain.get("/console/").context["rows"]
    assert "Related to another" not in [badge.text for badge in row.badges]


def test_the_log_names_it_to_nobody_else(hidden: Case, confidant: Staff) -> None:
    index = Entry.objects.filter(subject=f"case:{hidden.pk}").values_list("index", flat=True)[0]
    for person, sees in ((confidant, True), (make_staff(Role.SUPERVISOR), False)):
        client = log_in(person)
        assert (client.get(f"/console/log/{index}").context["case"] is not None) == sees
        assert bool(client.get(f"/console/log?case={hidden.number}").context["entries"]) == sees


def test_who_marks_it_and_may_not_see_such_cases_is_asked_once_more_and_loses_sight_of_it(confidant: Staff) -> None:
    case, client = make_case().case, log_in(make_staff())
    asked = client.post(f"/console/cases/{case.pk}/sensitive", {"sensitive": "yes"})
    assert asked.status_code == 200
    assert not Case.objects.get(pk=case.pk).sensitive
    client.post(f"/console/cases/{case.pk}/sensitive", {"sensitive": "yes", "confirmed": "yes"})
    assert Case.objects.get(pk=case.pk).sensitive
    assert client.get(f"/console/cases/{case.pk}").status_code == 404
    log_in(confidant).post(f"/console/cases/{case.pk}/sensitive", {"sensitive": "no"})
    assert client.get(f"/console/cases/{case.pk}").status_code == 200
    events = Entry.objects.filter(subject=f"case:{case.pk}", event="case.sensitive.changed")
    assert [row.data for row in events] == ['{"sensitive":true}', '{"sensitive":false}']


def test_a_case_is_not_hidden_from_everybody_nor_the_last_who_sees_put_out() -> None:
    case, person = make_case().case, make_staff(Role.SUPERVISOR)
    with pytest.raises(RefusedError, match="nobody would see this one"):
        mark_sensitive(case, sensitive=True, by=REVIEWER)
    let_see_sensitive(person, sees=True, by=SYSTEM)
    with pytest.raises(RefusedError, match="Nobody else sees"):
        let_see_sensitive(person, sees=False, by=SYSTEM)
    with pytest.raises(RefusedError, match="Nobody else sees"):
        set_active(person, active=False, by=SYSTEM)
    let_see_sensitive(make_staff(), sees=True, by=SYSTEM)
    let_see_sensitive(person, sees=False, by=SYSTEM)


def test_only_an_operator_says_who_sees_them_and_the_log_knows() -> None:
    person = make_staff()
    for role, status in ((Role.REVIEWER, 403), (Role.SUPERVISOR, 403), (Role.OPERATOR, 302)):
        answer = log_in(make_staff(role)).post(f"/console/people/{person.pk}/sensitive", {"sees": "yes"})
        assert answer.status_code == status
    assert Staff.objects.get(pk=person.pk).sees_sensitive
    assert list(people_verify.faults()) == []
    Staff.objects.filter(pk=person.pk).update(sees_sensitive=False)
    assert [fault.where for fault in people_verify.faults()] == [f"staff:{person.pk}"]


def test_a_case_that_was_shown_to_others_behind_the_logs_back_is_found(hidden: Case) -> None:
    assert list(verify.faults()) == []
    Case.objects.filter(pk=hidden.pk).update(sensitive=False)
    assert [fault.what for fault in verify.faults()] == ["is shown to others than the log says"]


@pytest.mark.parametrize(
    ("sees", "sensitive", "may"),
    [(True, True, True), (True, False, True), (False, True, False), (False, False, True)],
)
def test_who_may_see_what(*, sees: bool, sensitive: bool, may: bool) -> None:
    assert may_see(Staff(sees_sensitive=sees), sensitive=sensitive) == may


def test_a_sensitive_case_that_was_decided_has_its_decision_all_the_same(hidden: Case) -> None:
    make_decision(hidden, Outcome.KEEP)
    assert current_decision(hidden) is not None
