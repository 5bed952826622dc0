"""Related cases in the console: shown with why, decided together after one more question, split again."""

import pytest
from tests.factories import fresh, make_case, make_key, make_order, random_signals, staff_client
from tests.pages import with_case

from argine.desk.cases.models import Case, Decision
from argine.desk.people.enums import Role

pytestmark = pytest.mark.django_db

PLACE = "https://site.example/zq/7"


def pair() -> tuple[Case, Case]:
    signals = random_signals()
    first = make_case(pictures=[signals], addresses=[PLACE], statement="zq first").case
    return first, make_case(pictures=[signals], addresses=[PLACE], statement="zq second").case


def test_the_page_says_which_case_shares_what_and_the_queue_has_a_badge() -> None:
    first, second = pair()
    client = staff_client()
    shown = client.get(f"/console/cases/{second.pk}").content.decode()
    for words in ("Related cases", f"/console/cases/{first.pk}", "Picture 1: The same file", "The same address"):
        assert words in shown, words
    assert client.get("/console/").content.decode().count("Related to another") == 2
    alone = make_case().case
    assert "Related cases" not in client.get(f"/console/cases/{alone.pk}").content.decode()


def test_two_cases_are_merged_after_a_question_and_split_again() -> None:
    first, second = pair()
    client = staff_client()
    url = f"/console/cases/{second.pk}"
    asked = client.post(f"{url}/merge/{first.pk}")
    assert "learns nothing of the other" in asked.content.decode()
    assert fresh(second).leading is None
    assert client.post(f"{url}/merge/{first.pk}", {"confirmed": "yes"}).status_code == 302
    shown = client.get(url).content.decode()
    assert "This case follows another one" in shown
    assert client.post(f"{url}/merge/{first.pk}", {"confirmed": "yes"}).status_code == 409
    assert "Follows another case" in client.get("/console/").content.decode()
    assert "applies there too" in client.get(f"/console/cases/{first.pk}").content.decode()
    assert client.post(f"{url}/split").status_code == 302
    assert client.post(f"{url}/split").status_code == 409
    order = make_order(addresses=[PLACE]).case
    supervisor = staff_client(Role.SUPERVISOR)
    assert "An order is carried out for itself." in supervisor.get(f"/console/cases/{order.pk}").content.decode()


def test_neither_person_learns_of_the_other_and_the_platform_reads_both_decisions() -> None:
    first, second = pair()
    client = staff_client()
    client.post(f"/console/cases/{second.pk}/merge/{first.pk}", {"confirmed": "yes"})
    decide = {"ground": "not_intimate", "basis": "statement", "reasons": "Looked at with care."}
    assert client.post(f"/console/cases/{first.pk}/decide", decide).status_code == 302
    assert "decided with another case" in client.get(f"/console/cases/{second.pk}").content.decode()
    for case, other in ((first, second), (second, first)):
        told = with_case(fresh(case), "en").get("/status/").content.decode()
        assert "Looked at with care." in told
        assert str(other.pk) not in told
        assert f"Case {other.number}" not in told
    platform = staff_client()
    feed = platform.get("/api/v1/decisions", headers={"Authorization": f"Bearer {make_key()}"}).json()["decisions"]
    leading = Decision.objects.get(case=first)
    assert [(row["case_number"], row["follows"]) for row in feed] == [
        (first.number, None),
        (second.number, str(leading.pk)),
    ]
