"""One sees where one is logged in, ends it there, and an operator does so for a colleague."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from tests.factories import PASSWORD, give_app, log_in, make_case, make_staff

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, staff
from argine.desk.core.models import SharedValue
from argine.desk.people.enums import Role
from argine.desk.people.models import Staff, StaffSession
from argine.desk.people.sessions import IDLE, LONGEST

pytestmark = pytest.mark.django_db
LOGIN, SECOND_FACTOR = "/console/login/", "/console/login/second-factor"
ACCOUNT, HERE, END = "/console/account", "/console/account/here", "/console/account/sessions/end"
SECRET = "A" * 32


def session_of(person: Staff, user_agent: str = "Firefox/140.0 (Windows)") -> Client:
    client = Client(headers={"User-Agent": user_agent})
    assert client.post(LOGIN, {"login": person.email, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/console/").status_code == 200)


def ended_in_log() -> list[tuple[str, str, str]]:
    entries = Entry.objects.filter(event=Event.SESSIONS_ENDED).order_by("index")
    return [(entry.subject, entry.by, entry.data) for entry in entries]


def test_the_account_lists_where_one_is_logged_in_and_marks_this_place() -> None:
    person = make_staff()
    here, _there, _colleague = session_of(person), session_of(person, "Safari/605 iPhone"), session_of(make_staff())
    page = here.get(ACCOUNT).content.decode()
    assert (page.count("Firefox, Windows"), page.count('badge--accent">here')) == (1, 1)
    assert "Safari, iOS" in page
    assert "End all but this one" in page


def test_alone_there_is_nothing_to_end() -> None:
    assert "End all but this one" not in session_of(make_staff()).get(ACCOUNT).content.decode()


def test_one_of_ones_sessions_ends_and_the_others_stay() -> None:
    person = make_staff()
    here, lost, other = (
        session_of(person, agent) for agent in ("Firefox/1 Linux", "Chrome/1 Android", "Edg/1 Windows")
    )
    named = StaffSession.objects.get(device="Chrome, Android").id
    assert here.post(END, {"session": named}).headers["Location"] == ACCOUNT
    assert [is_in(client) for client in (here, lost, other)] == [True, False, True]
    assert ended_in_log() == [(f"staff:{person.pk}", staff(person.pk), '{"count":1}')]


def test_all_but_this_one_end_and_nobody_elses() -> None:
    person = make_staff()
    here, one, two, colleague = session_of(person), session_of(person), session_of(person), session_of(make_staff())
    here.post(END)
    assert [is_in(client) for client in (here, one, two, colleague)] == [True, False, False, True]
    assert ended_in_log() == [(f"staff:{person.pk}", staff(person.pk), '{"count":2}')]


@pytest.mark.parametrize("named", ["another's", "no such", "\0", "this one"])
def test_neither_a_colleagues_nor_this_session_nor_nonsense_can_be_named(named: str) -> None:
    here, colleague = session_of(make_staff()), session_of(make_staff(), "Chrome/1 Android")
    ids = {"another's": StaffSession.objects.get(device="Chrome, Android").id,
           "this one": StaffSession.objects.get(device="Firefox, Windows").id}  # fmt: skip
    assert here.post(END, {"session": ids.get(named, named)}).status_code == 302
    assert is_in(here)
    assert is_in(colleague)
    assert ended_in_log() == []


def test_who_has_not_proved_lately_who_they_are_does_so_first() -> None:
    person = make_staff()
    here, there = session_of(person), session_of(person)
    with time.shifted(timedelta(minutes=20)), pytest.MonkeyPatch.context() as patch:
        later = time.now().timestamp()
        patch.setattr("time.time", lambda: later)
        assert here.post(END).headers["Location"].startswith("/console/confirm/password")
        assert is_in(there)
        here.post(f"/console/confirm/password?next={ACCOUNT}", {"password": PASSWORD})
        here.post(END)
        assert not is_in(there)


def test_an_operator_logs_a_colleague_out_everywhere() -> None:
    operator, person = make_staff(Role.OPERATOR), make_staff()
    lost, other = session_of(person), session_of(person)
    client = session_of(operator)
    assert client.get("/console/people").content.decode().count("Log out everywhere") == 2
    client.post(f"/console/people/{person.pk}/sessions/end")
    assert ended_in_log() == [(f"staff:{person.pk}", staff(operator.pk), '{"count":2}')]
    page = client.get("/console/people").content.decode()
    assert "2 sessions were ended." in page
    assert page.count("Log out everywhere") == 1
    assert [is_in(one) for one in (lost, other, client)] == [False, False, True]


def test_who_was_logged_out_is_told_why_and_comes_back_to_the_page() -> None:
    case = make_case().case
    client = session_of(make_staff())
    page = f"/console/cases/{case.pk}"
    with time.shifted(IDLE + timedelta(minutes=1)):
        answer = client.get(f"{page}?tab=1")
        assert answer.headers["Location"] == f"{LOGIN}?next={page}%3Ftab%3D1"
        assert "after half an hour without use" in client.get(answer.headers["Location"]).content.decode()
        assert "after half an hour without use" not in client.get(LOGIN).content.decode()


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [
        ("http://testserver/console/cases/1?x=1", "/console/cases/1"),
        ("https://elsewhere.example/console/keys", "/console/"),
        ("", "/console/"),
        ("//elsewhere.example", "/console/"),
    ],
)
def test_a_form_that_came_too_late_leads_back_to_its_page(came_from: str, leads_to: str) -> None:
    client = Client(headers={"Referer": came_from})
    answer = client.post("/console/keys/new", {"name": "x"})
    assert answer.headers["Location"] == f"{LOGIN}?next={leads_to}"
    assert "What you sent just now was not taken." in client.get(answer.headers["Location"]).content.decode()


def test_the_words_say_how_long_sessions_are() -> None:
    assert (timedelta(minutes=30), timedelta(hours=8)) == (IDLE, LONGEST)
    assert "half an hour after its last use, eight hours after the log-in" in (
        session_of(make_staff()).get(ACCOUNT).content.decode()
    )


def test_a_stranger_is_told_of_no_session() -> None:
    answer = Client().get("/console/")
    assert "half an hour" not in Client(cookies={}).get(answer.headers["Location"]).content.decode()


def test_an_open_page_asks_and_thereby_uses_the_session() -> None:
    client = session_of(make_staff())
    with time.shifted(IDLE - timedelta(minutes=5)):
        assert set(client.get(HERE).json()) == {"token"}
    with time.shifted(IDLE + timedelta(minutes=5)):
        assert client.get(HERE).status_code == 200
    with time.shifted(2 * IDLE + timedelta(minutes=6)):
        assert client.get(HERE).headers["Location"] == f"{LOGIN}?next=/console/"


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def careful() -> Staff:
    """Somebody with an app as second factor."""
    person = make_staff()
    give_app(person, SECRET)
    return person


def half_way(person: Staff) -> Client:
    client = Client()
    answer = client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert answer.headers["Location"] == SECOND_FACTOR
    return client


def test_a_code_opens_the_account_once_in_whichever_process(careful: Staff) -> None:
    owner, watcher, code = half_way(careful), half_way(careful), code_now()
    assert owner.post(SECOND_FACTOR, {"code": code}).status_code == 302
    assert watcher.post(SECOND_FACTOR, {"code": code}).status_code == 200
    assert (is_in(owner), is_in(watcher)) == (True, False)
    # It stands where every process looks, not in this one's memory.
    assert "y" in SharedValue.objects.values_list("value", flat=True)


def test_wrong_codes_are_logged_once_an_hour_by_whose_account_it_was(careful: Staff) -> None:
    for code in ("000000", "000001"):
        assert half_way(careful).post(SECOND_FACTOR, {"code": code}).status_code == 200
    entries: Any = Entry.objects.filter(event=Event.FACTOR_REFUSED)
    assert [(entry.subject, entry.by, entry.data) for entry in entries] == [(f"staff:{careful.pk}", SYSTEM, "{}")]
    assert not Entry.objects.filter(event=Event.STAFF_LOGGED_IN).exists()


def test_a_wrong_password_before_a_change_of_the_account_is_logged_too() -> None:
    person = make_staff()
    assert log_in(person).post("/console/confirm/password", {"password": "not the password"}).status_code == 200
    (entry,) = Entry.objects.filter(event=Event.LOG_IN_REFUSED)
    assert entry.subject == f"staff:{person.pk}"
