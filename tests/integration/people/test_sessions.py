"""Sessions end by themselves, and nobody can take one over who has read the database."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from tests.factories import PASSWORD, make_staff

from argine.desk.core import time
from argine.desk.people.models import StaffSession
from argine.desk.people.sessions import IDLE, LONGEST, SessionStore, device, forget_ended

pytestmark = pytest.mark.django_db
COOKIE = settings.SESSION_COOKIE_NAME
QUEUE, ACCOUNT, LOGIN = "/console/", "/console/account", "/console/login/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko)"
DEVICES = {
    FIREFOX: "Firefox, Windows",
    f"Mozilla/5.0 (X11; Linux x86_64) {ENGINE} Chrome/140.0 Safari/537.36": "Chrome, Linux",
    f"Mozilla/5.0 (Windows NT 10.0) {ENGINE} Chrome/140.0 Safari/537.36 Edg/140.0": "Edge, Windows",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) {ENGINE} Version/18 Safari/605.1": "Safari, macOS",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {ENGINE} Mobile Safari/604.1": "Safari, iOS",
    f"Mozilla/5.0 (Linux; Android 15) {ENGINE} Chrome/140.0 Mobile Safari/537.36": "Chrome, Android",
    "curl/8.0": "",
    "": "",
}  # fmt: skip


def logged_in(user_agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": user_agent})
    assert client.post(LOGIN, {"login": make_staff().email, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client, after: timedelta = timedelta()) -> bool:
    with time.shifted(after):
        return bool(client.get(QUEUE).status_code == 200)


def test_a_session_ends_half_an_hour_after_its_last_use() -> None:
    client = logged_in()
    assert is_in(client, IDLE - timedelta(minutes=2))
    assert is_in(client, 2 * IDLE - timedelta(minutes=4))
    assert not is_in(client, 3 * IDLE)


def test_however_much_it_is_used_a_session_ends_eight_hours_after_the_log_in() -> None:
    client = logged_in()
    for number in range(1, 24):
        assert is_in(client, number * timedelta(minutes=20)), number
    assert not is_in(client, LONGEST)


def test_a_use_is_noted_once_a_minute() -> None:
    client = logged_in()
    before = StaffSession.objects.get().seen_at
    assert is_in(client, timedelta(seconds=50))
    assert StaffSession.objects.get().seen_at == before
    assert is_in(client, timedelta(seconds=61))
    assert StaffSession.objects.get().seen_at > before


def test_what_the_database_has_opens_nothing() -> None:
    client = logged_in()
    row = StaffSession.objects.get()
    key = client.cookies[COOKIE].value
    assert key not in f"{row.session_key} {row.session_data} {row.id}"
    thief = Client()
    thief.cookies[COOKIE] = row.session_key
    assert not is_in(thief)
    assert is_in(client)


def test_a_log_in_gets_a_key_of_its_own_and_a_log_out_ends_it() -> None:
    client = Client()
    client.get(LOGIN)
    client.cookies[COOKIE] = "k" * 32
    person = make_staff()
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    key = client.cookies[COOKIE].value
    assert key != "k" * 32
    assert client.post("/console/logout").headers["Clear-Site-Data"] == '"cache"'
    assert not StaffSession.objects.filter(staff=person).exists()
    client.cookies[COOKIE] = key
    assert not is_in(client)


def test_a_new_password_ends_the_other_sessions_and_gives_this_one_a_new_key() -> None:
    person = make_staff()
    here, other = Client(), Client()
    for client in (here, other):
        client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    before, begun = here.cookies[COOKIE].value, StaffSession.objects.order_by("began_at")[0]
    fields = {"oldpassword": PASSWORD, "password1": "a quiet river bank", "password2": "a quiet river bank"}
    assert here.post("/console/account/password", fields).status_code == 302
    assert here.cookies[COOKIE].value != before
    assert (is_in(here), is_in(other)) == (True, False)
    assert StaffSession.objects.filter(id=begun.id, began_at=begun.began_at).exists()


@pytest.mark.parametrize(("user_agent", "told"), DEVICES.items(), ids=DEVICES.values())
def test_a_session_is_told_by_browser_and_system_alone(user_agent: str, told: str) -> None:
    assert device(user_agent) == told


def test_nothing_else_of_the_browser_is_kept() -> None:
    logged_in()
    row = StaffSession.objects.get()
    assert row.device == "Firefox, Windows"
    assert "140.0" not in str(SessionStore().decode(row.session_data))


def test_ended_sessions_are_dropped() -> None:
    logged_in()
    with time.shifted(IDLE / 2):
        logged_in()
        assert forget_ended() == 0
    with time.shifted(IDLE + timedelta(minutes=1)):
        assert forget_ended() == 1
    with time.shifted(LONGEST):
        assert forget_ended() == 1
    assert not StaffSession.objects.exists()
