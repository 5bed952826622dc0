"""What one changes of how one logs in: by a full proof, told in the log, ending the other sessions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from django.apps import apps
from django.conf import settings as desk
from django.db import connection
from django.test import Client
from fido2.webauthn import AuthenticatorData
from tests.factories import PASSWORD, give_app, log_in, make_staff
from tests.passkey import PROVED, TOUCHED, answer, credential, new_key

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.core import crypto, time
from argine.desk.core.actor import SHELL, staff
from argine.desk.people import factors
from argine.desk.people.enums import Role
from argine.desk.people.models import Staff, StaffSession
from argine.desk.people.operations import invite, set_password

pytestmark = pytest.mark.django_db
LOGIN, SECOND_FACTOR, BY_PASSKEY = "/console/login/", "/console/login/second-factor", "/console/login/passkey"
ACCOUNT, APP, PASSKEYS = "/console/account", "/console/account/app", "/console/account/passkeys"
CODES, CHANGE = "/console/account/codes", "/console/account/password"
SECRET, OWN = "A" * 32, "a quiet river bank"
LAST = "you have no other"


@pytest.fixture
def later() -> Iterator[None]:
    """Sixteen minutes on: a proof of before counts no longer."""
    with time.shifted(timedelta(minutes=16)), pytest.MonkeyPatch.context() as patch:
        moment = time.now().timestamp()
        patch.setattr("time.time", lambda: moment)
        yield


def visitor() -> Client:
    return Client(headers={"Host": "localhost"})


def code_now(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def enter(person: Staff, **second: str) -> Client:
    """Log in with the password, and with a second factor where one is given."""
    client = visitor()
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    if second:
        assert client.post(SECOND_FACTOR, second).status_code == 302
    return client


def give_passkey(person: Staff, key: EllipticCurvePrivateKey) -> Authenticator:
    row: Authenticator = Authenticator.objects.create(
        user=person, type="webauthn", data={"name": "Key", "credential": credential(key)}
    )
    return row


def challenge(client: Client) -> str:
    return str(client.session["mfa.webauthn.state"]["challenge"])


def who_is_in(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def log_ins() -> list[tuple[str, str]]:
    entries = Entry.objects.filter(event=Event.STAFF_LOGGED_IN).order_by("index")
    return list(entries.values_list("subject", "data"))


def changes_of(person: Staff) -> list[str]:
    entries = Entry.objects.filter(event=Event.STAFF_CHANGED, subject=f"staff:{person.pk}", by=staff(person.pk))
    return list(entries.order_by("index").values_list("data", flat=True))


@pytest.mark.parametrize(("flags", "opens"), [(TOUCHED, False), (PROVED, True)])
def test_a_passkey_logs_in_alone_only_if_it_asked_for_its_owner(flags: AuthenticatorData.FLAG, opens: bool) -> None:
    person, key, client = make_staff(), new_key(), visitor()
    give_passkey(person, key)
    client.get(BY_PASSKEY, headers={"X-Requested-With": "XMLHttpRequest"})
    client.post(BY_PASSKEY, {"credential": answer(key, challenge(client), person.pk, flags)})
    assert who_is_in(client) == (str(person.pk) if opens else None)
    assert log_ins() == ([(f"staff:{person.pk}", '{"with":"passkey"}')] if opens else [])
    refused = Entry.objects.filter(event=Event.FACTOR_REFUSED).values_list("subject", flat=True)
    assert list(refused) == ([] if opens else ["staff:none"])


def test_the_challenge_of_ones_own_second_step_does_not_open_a_colleagues_account(request: Any) -> None:
    owner, thief, key = make_staff(Role.OPERATOR), make_staff(), new_key()
    give_passkey(owner, key)
    give_app(thief)
    client = enter(thief)
    client.get(SECOND_FACTOR)
    asked = challenge(client)
    request.getfixturevalue("later")
    client.post(BY_PASSKEY, {"credential": answer(key, asked, owner.pk, TOUCHED)})
    assert who_is_in(client) is None


@pytest.mark.parametrize("sent", ["", "{}", "[]", '"x"', '{"response": {}}', "\0"])
def test_what_is_no_answer_of_a_passkey_logs_nobody_in(sent: str) -> None:
    client = visitor()
    client.get(BY_PASSKEY, headers={"X-Requested-With": "XMLHttpRequest"})
    assert client.post(BY_PASSKEY, {"credential": sent}).headers["Location"] == LOGIN


def test_after_the_password_a_touch_is_enough_and_a_wrong_one_is_logged() -> None:
    person, key = make_staff(), new_key()
    give_passkey(person, key)
    for signer, right in ((new_key(), False), (key, True)):
        client = enter(person)
        client.get(SECOND_FACTOR)
        client.post(SECOND_FACTOR, {"credential": answer(signer, challenge(client), person.pk, TOUCHED)})
        assert who_is_in(client) == (str(person.pk) if right else None)
        assert Entry.objects.filter(event=Event.FACTOR_REFUSED, subject=f"staff:{person.pk}").count() == 1


@pytest.mark.parametrize("kind", ["app", "passkey"])
@pytest.mark.parametrize(("required", "has_other"), [("always", False), ("always", True), ("never", False)])
def test_the_last_factor_stays_on_the_page_where_one_is_required(
    kind: str, required: str, has_other: bool, settings: Any
) -> None:
    settings.CONFIG = replace(desk.CONFIG, require_mfa=required)
    person, key = make_staff(), new_key()
    client = enter(person)
    row = give_passkey(person, key) if kind == "passkey" or has_other else None
    if kind == "app" or has_other:
        give_app(person)
    page = f"{PASSKEYS}/{row.pk}/remove" if row and kind == "passkey" else f"{APP}/remove"
    before, goes = Authenticator.objects.count(), required == "never" or has_other
    assert (LAST in client.get(page).content.decode()) is not goes
    assert client.post(page).status_code == (302 if goes else 200)
    assert before - Authenticator.objects.count() == goes
    assert changes_of(person) == ([f'{{"removed":"{kind}"}}'] if goes else [])


def test_adding_an_app_is_logged_ends_the_other_sessions_and_uses_the_code_up() -> None:
    person = make_staff()
    here, there = enter(person), enter(person)
    here.get(f"{APP}/add")
    code = code_now(here.session["mfa.totp.secret"])
    assert here.post(f"{APP}/add", {"code": code}).status_code == 302
    assert changes_of(person) == ['{"added":"app"}']
    assert [client.get("/console/").status_code for client in (here, there)] == [200, 302]
    again = enter(person)
    assert again.post(SECOND_FACTOR, {"code": code}).status_code == 200
    assert who_is_in(again) is None
    assert here.get(CODES).status_code == 200
    assert "10 codes left" in here.get(ACCOUNT).content.decode()


def test_new_recovery_codes_and_the_apps_end_are_logged_and_end_the_other_sessions() -> None:
    person = make_staff()
    give_app(person)
    here = enter(person, code=code_now())
    assert here.post(f"{CODES}/new").status_code == 302
    assert here.get(f"{CODES}/download").content.count(b"\n") >= 10
    code = here.get(CODES).context["unused_codes"][0]
    there = enter(person, code=code)
    ways = ['{"with":"password, app"}', '{"with":"password, recovery code"}']
    assert [data for _, data in log_ins()] == ways
    assert "9 codes left" in there.get(ACCOUNT).content.decode()
    here.post(f"{APP}/remove")
    assert [client.get("/console/").status_code for client in (here, there)] == [200, 302]
    assert changes_of(person) == ['{"renewed":"recovery codes"}', '{"removed":"app"}']


def test_ones_own_new_password_needs_the_old_one_is_not_the_same_and_is_logged() -> None:
    person = make_staff()
    client = enter(person)
    for old, new, taken in (
        ("", OWN, False),
        ("not this", OWN, False),
        (PASSWORD, PASSWORD, False),
        (PASSWORD, OWN, True),
    ):
        found = client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})
        assert (found.status_code == 302) == taken
        person.refresh_from_db()
        assert person.check_password(OWN) == taken
    assert changes_of(person) == ['{"changed":"password"}']


def test_who_has_a_second_factor_shows_with_it_that_it_is_they_and_not_with_the_password(later: None) -> None:
    person = make_staff()
    client = log_in(person)
    assert client.get(f"{APP}/add").headers["Location"].startswith("/console/confirm/password")
    give_app(person)
    before = client.session.session_key
    assert client.get(f"{APP}/remove").headers["Location"].startswith("/console/confirm/code")
    by_password = client.post(f"/console/confirm/password?next={APP}/remove", {"password": PASSWORD})
    assert by_password.headers["Location"].startswith("/console/confirm/code")
    assert client.post(f"{APP}/remove").headers["Location"].startswith("/console/confirm/code")
    assert Authenticator.objects.exists()
    shown = client.post(f"/console/confirm/code?next={APP}/remove", {"code": code_now()})
    assert shown.status_code == 302
    assert client.session.session_key != before
    assert not Authenticator.objects.exists()


def test_without_an_app_the_passkey_is_asked_for_first(later: None) -> None:
    person = make_staff()
    give_passkey(person, new_key())
    with factors.of(person.pk):
        import_module("allauth.mfa.recovery_codes.internal.auth").RecoveryCodes.activate(person)
    client = log_in(person)
    assert client.get(f"{APP}/add").headers["Location"].startswith("/console/confirm/passkey")
    assert "/console/confirm/code" in client.get("/console/confirm/passkey").content.decode()


def test_confirming_by_password_gives_the_session_another_key(later: None) -> None:
    client = log_in(make_staff())
    before = client.session.session_key
    client.post(f"/console/confirm/password?next={APP}/add", {"password": PASSWORD})
    assert client.session.session_key != before
    assert client.get(f"{APP}/add").status_code == 200
    assert StaffSession.objects.count() == 1


def test_a_change_of_the_password_asks_for_the_proof_first_and_keeps_nothing_that_was_typed(later: None) -> None:
    person = make_staff()
    give_app(person)
    client = log_in(person)
    found = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": OWN, "password2": OWN})
    assert found.headers["Location"] == "/console/confirm/password?next=%2Fconsole%2Faccount%2Fpassword"
    assert OWN not in str(dict(client.session))
    assert Staff.objects.get().check_password(PASSWORD)


def test_who_joins_logs_in_by_the_link() -> None:
    token = invite(Role.REVIEWER, by=SHELL)
    fields = {"name": "New", "email": "new@desk.example", "password": PASSWORD}
    assert visitor().post(f"/console/welcome/{token}", fields).headers["Location"] == ACCOUNT
    assert [data for _, data in log_ins()] == ['{"with":"link"}']


def test_a_log_out_is_logged() -> None:
    person = make_staff()
    enter(person).post("/console/logout")
    visitor().post("/console/logout")
    (entry,) = Entry.objects.filter(event=Event.STAFF_LOGGED_OUT)
    assert (entry.subject, entry.by, entry.data) == (f"staff:{person.pk}", staff(person.pk), "{}")


OF_ACCOUNT = [ACCOUNT, f"{APP}/add", f"{APP}/remove", f"{PASSKEYS}/add", f"{PASSKEYS}/1/name", f"{PASSKEYS}/1/remove",
              CODES, f"{CODES}/new", f"{CODES}/download"]  # fmt: skip


@pytest.mark.parametrize("page", ["/console/", "/console/keys", *OF_ACCOUNT])
def test_with_a_password_that_somebody_else_made_nothing_opens_but_its_change(page: str) -> None:
    person = make_staff(Role.OPERATOR)
    set_password(person, "made by an operator", by=staff(1))
    client = log_in(person)
    for answered in (client.get(page), client.post(page)):
        assert answered.status_code in {302, 405}
        assert answered.headers.get("Location", CHANGE) == CHANGE


def test_ones_own_password_opens_the_rest_again() -> None:
    person, made = make_staff(), "made by an operator"
    set_password(person, made, by=staff(1))
    client = visitor()
    client.post(LOGIN, {"login": person.email, "password": made})
    page = client.get("/console/", follow=True).content.decode()
    assert "Choose your own" in page
    same = client.post(CHANGE, {"oldpassword": made, "password1": made, "password2": made})
    assert "This is the password that you have" in same.content.decode()
    client.post(CHANGE, {"oldpassword": made, "password1": OWN, "password2": OWN})
    assert client.get("/console/").status_code == 200
    assert "Choose your own" not in client.get(CHANGE).content.decode()
    assert visitor().post(LOGIN, {"login": person.email, "password": OWN}).status_code == 302


def test_who_was_put_out_is_refused_and_not_led_to_a_change() -> None:
    person = make_staff()
    client = log_in(person)
    Staff.objects.update(must_change_password=True, is_active=False)
    assert client.get("/console/").headers["Location"].startswith(LOGIN)


def test_a_secret_in_another_accounts_row_opens_nothing_there_and_breaks_no_page(caplog: Any) -> None:
    owner, thief = make_staff(Role.OPERATOR), make_staff()
    give_app(owner, "B" * 32)
    give_app(thief)
    copied = Authenticator.objects.get(user=thief).data
    Authenticator.objects.filter(user=owner).update(data=copied)
    client = enter(owner)
    assert client.post(SECOND_FACTOR, {"code": code_now()}).status_code == 200
    assert who_is_in(client) is None
    assert Entry.objects.filter(event=Event.FACTOR_REFUSED, subject=f"staff:{owner.pk}").exists()
    assert "row was altered" in caplog.text
    assert who_is_in(enter(thief, code=code_now())) == str(thief.pk)


def test_a_secret_is_neither_sealed_nor_opened_for_nobody() -> None:
    with pytest.raises(LookupError):
        factors.seal(SECRET)
    with factors.of(1):
        sealed = factors.seal(SECRET)
        with factors.of(2), pytest.raises(crypto.SealError):
            factors.unseal(sealed)
        assert factors.unseal(sealed) == SECRET


def test_secrets_of_before_are_bound_to_their_accounts_by_the_migration() -> None:
    bind = import_module("argine.desk.people.migrations.0006_owners_of_links_factors_and_passwords")
    one, two = make_staff(), make_staff()
    for person, kind, name in ((one, "totp", "secret"), (one, "recovery_codes", "seed"), (two, "totp", "secret")):
        sealed = crypto.seal(f"{name} of {person.pk}", bind.ANY_ACCOUNT)
        Authenticator.objects.create(user=person, type=kind, data={name: bind.base64.b64encode(sealed).decode()})
    Authenticator.objects.create(user=two, type="recovery_codes", data={"seed": "damaged", "used_mask": 3})
    give_passkey(two, new_key())
    for _again in range(2):
        bind.bind_to_accounts(apps, SimpleNamespace(connection=connection))
        for row in Authenticator.objects.exclude(type="webauthn").exclude(data__has_key="used_mask"):
            (name,) = row.data
            with factors.of(row.user_id):
                assert factors.unseal(row.data[name]) == f"{name} of {row.user_id}"
    assert Authenticator.objects.get(data__has_key="used_mask").data == {"seed": "damaged", "used_mask": 3}
    Authenticator.objects.filter(user=one).update(data={"seed": bind.base64.b64encode(b"\x02" + bytes(60)).decode()})
    with pytest.raises(crypto.SealError):
        bind.bind_to_accounts(apps, SimpleNamespace(connection=connection))
