"""When staff need a second factor, and which pages open without one."""

from dataclasses import replace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as desk
from django.test import Client
from tests.factories import PASSWORD, give_app, log_in, make_staff

from argine.desk.config import Config
from argine.desk.config_rules import MFA_RULES
from argine.desk.console.adapters import MFAAdapter
from argine.desk.people import factors
from argine.desk.people.enums import Role
from argine.desk.people.models import Staff

pytestmark = pytest.mark.django_db

HERE, ABROAD = "http://127.0.0.1:8000", "https://desk.example"
NEEDED = {
    ("auto", HERE): False,
    ("auto", "http://localhost:8000"): False,
    ("auto", "http://[::1]:8000"): False,
    ("auto", ABROAD): True,
    ("auto", "https://127.0.0.1.evil.example"): True,
    ("always", HERE): True,
    ("always", ABROAD): True,
    ("never", HERE): False,
    ("never", ABROAD): False,
}
PAGES = ["/console/", "/console/banks", "/console/log", "/console/people", "/console/keys"]


def give_factor(person: Staff, kind: str = Authenticator.Type.TOTP) -> None:
    Authenticator.objects.create(user=person, type=kind, data={})


def test_every_rule_is_in_the_table() -> None:
    assert {rule for rule, _ in NEEDED} == set(MFA_RULES)


@pytest.mark.parametrize(("rule", "address"), NEEDED)
def test_a_second_factor_is_needed_as_the_table_says(rule: str, address: str, settings: Any) -> None:
    needed = NEEDED[rule, address]
    assert Config(require_mfa=rule, base_url=address).mfa_required == needed
    settings.CONFIG = replace(desk.CONFIG, require_mfa=rule, base_url=address)
    answer = log_in(make_staff()).get("/console/")
    assert (answer.status_code, answer.headers.get("Location")) == (
        (302, "/console/account") if needed else (200, None)
    )


@pytest.mark.parametrize(("kind", "counts"), [("totp", True), ("webauthn", True), ("recovery_codes", False)])
def test_an_app_or_a_passkey_opens_the_pages_and_recovery_codes_alone_do_not(
    kind: str, counts: bool, settings: Any
) -> None:
    settings.CONFIG = replace(desk.CONFIG, require_mfa="always")
    person = make_staff(Role.OPERATOR)
    give_factor(person, kind)
    client = log_in(person)
    assert {client.get(page).status_code for page in PAGES} == {200 if counts else 302}


def test_without_a_factor_ones_own_account_opens_and_a_refusal_comes_before_the_factor(settings: Any) -> None:
    settings.CONFIG = replace(desk.CONFIG, require_mfa="always")
    client = log_in(make_staff(Role.REVIEWER))
    assert client.get("/console/account").status_code == 200
    assert client.get("/console/keys").status_code == 403


def test_where_a_factor_is_needed_the_last_one_stays(settings: Any) -> None:
    person = make_staff()
    give_factor(person)
    (factor,) = Authenticator.objects.all()
    for rule, may_go in (("always", False), ("never", True)):
        settings.CONFIG = replace(desk.CONFIG, require_mfa=rule)
        assert MFAAdapter().can_delete_authenticator(factor) == may_go
    settings.CONFIG = replace(desk.CONFIG, require_mfa="always")
    give_factor(person, Authenticator.Type.WEBAUTHN)
    assert MFAAdapter().can_delete_authenticator(factor)


def test_who_has_a_factor_is_asked_for_it_after_the_password() -> None:
    person = make_staff()
    give_factor(person)
    client = Client()
    answer = client.post("/console/login/", {"login": person.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/console/login/second-factor"
    assert client.get("/console/").headers["Location"].startswith("/console/login/")


def test_the_secret_of_a_factor_is_sealed_in_the_database() -> None:
    person = make_staff()
    give_app(person)
    sealed = Authenticator.objects.get().data["secret"]
    assert "AAAA" * 3 not in sealed
    with factors.of(person.pk):
        assert MFAAdapter().decrypt(sealed) == "A" * 32


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), PASSWORD + " "])
def test_a_wrong_password_opens_nothing(password: str) -> None:
    person = make_staff()
    client = Client()
    assert client.post("/console/login/", {"login": person.email, "password": password}).status_code == 200
    assert client.get("/console/").status_code == 302


def test_guessing_passwords_is_throttled() -> None:
    person = make_staff()
    client = Client(raise_request_exception=False)
    codes = [
        client.post("/console/login/", {"login": person.email, "password": f"guess {count}"}).status_code
        for count in range(15)
    ]
    right = client.post("/console/login/", {"login": person.email, "password": PASSWORD})
    assert (set(codes), right.status_code) == ({200}, 200), "the right password, too, waits after so many wrong ones"
    assert client.get("/console/").status_code == 302
