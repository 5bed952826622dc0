"""Who gets through which door of the console: every address, every role, strangers, and who was put out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from tests.factories import (
    log_in,
    make_appeal,
    make_case,
    make_decision,
    make_key,
    make_outward,
    make_staff,
    make_stuck,
)

from argine.desk.banks.models import BankEntry
from argine.desk.cases.models import SavedReply
from argine.desk.cases.operations import create_first_replies
from argine.desk.console.urls import urlpatterns
from argine.desk.core.actor import SYSTEM
from argine.desk.people.enums import GRANTS, Permission, Role
from argine.desk.people.models import ApiKey, Staff
from argine.desk.people.operations import invite, set_active

pytestmark = pytest.mark.django_db

ANYBODY, STAFF = "anybody", "staff"
LOGIN = "/console/login/"

# Every door: the method that it answers, and who may use it. An address that is not here fails the first test.
DOORS: dict[str, tuple[str, Permission | str]] = {
    "console:queue": ("GET", Permission.SEE_CASES),
    "console:search": ("POST", Permission.SEE_CASES),
    "console:case": ("GET", Permission.SEE_CASES),
    "console:decide": ("POST", Permission.DECIDE),
    "console:dossier": ("POST", Permission.MAKE_DOSSIERS),
    "console:dashboard": ("GET", Permission.SEE_REPORTS),
    "console:override": ("POST", Permission.OVERRIDE),
    "console:copies": ("GET", Permission.DECIDE),
    "console:take_copy": ("POST", Permission.DECIDE),
    "console:look": ("GET", Permission.DECIDE),
    "console:look_picture": ("GET", Permission.DECIDE),
    "console:ask": ("POST", Permission.DECIDE),
    "console:freeze": ("POST", Permission.DECIDE),
    "console:preserve": ("POST", Permission.DECIDE),
    "console:sensitive": ("POST", Permission.DECIDE),
    "console:claim": ("POST", Permission.DECIDE),
    "console:release": ("POST", Permission.DECIDE),
    "console:ask_missing": ("POST", Permission.DECIDE),
    "console:mark_region": ("POST", Permission.DECIDE),
    "console:extend_order": ("POST", Permission.CONFIRM_ORDERS),
    "console:new_order": ("GET", Permission.DECIDE),
    "console:decide_appeal": ("POST", Permission.DECIDE),
    "console:merge": ("POST", Permission.DECIDE),
    "console:split": ("POST", Permission.DECIDE),
    "console:seen_again": ("POST", Permission.DECIDE),
    "console:misuse": ("POST", Permission.DECIDE),
    "console:review_suspension": ("POST", Permission.OVERRIDE),
    "console:records": ("GET", Permission.MANAGE_RECORDS),
    "console:hold_records": ("POST", Permission.MANAGE_RECORDS),
    "console:release_records": ("POST", Permission.MANAGE_RECORDS),
    "console:banks": ("GET", Permission.SEE_CASES),
    "console:exchange": ("GET", Permission.SEE_CASES),
    "console:add_partner": ("POST", Permission.MANAGE_KEYS),
    "console:partner_key": ("POST", Permission.MANAGE_KEYS),
    "console:partner_go_on": ("POST", Permission.MANAGE_BANKS),
    "console:partner_stop": ("POST", Permission.MANAGE_BANKS),
    "console:partner_resume": ("POST", Permission.MANAGE_KEYS),
    "console:judge_partner_entry": ("POST", Permission.DECIDE),
    "console:share_bank": ("POST", Permission.MANAGE_BANKS),
    "console:decide_flood": ("POST", Permission.MANAGE_BANKS),
    "console:log": ("GET", Permission.SEE_LOG),
    "console:log_verify": ("POST", Permission.SEE_LOG),
    "console:log_entry": ("GET", Permission.SEE_LOG),
    "console:log_receipt": ("GET", Permission.SEE_LOG),
    "console:people": ("GET", Permission.MANAGE_PEOPLE),
    "console:invite": ("POST", Permission.MANAGE_PEOPLE),
    "console:change_role": ("POST", Permission.MANAGE_PEOPLE),
    "console:set_active": ("POST", Permission.MANAGE_PEOPLE),
    "console:take_back": ("POST", Permission.MANAGE_PEOPLE),
    "console:see_sensitive": ("POST", Permission.MANAGE_PEOPLE),
    "console:end_sessions": ("POST", Permission.MANAGE_PEOPLE),
    "console:outward": ("GET", Permission.SEE_CASES),
    "console:outward_write": ("GET", Permission.DECIDE),
    "console:outward_reminder": ("GET", Permission.DECIDE),
    "console:outward_follow_up": ("POST", Permission.DECIDE),
    "console:outward_answer": ("POST", Permission.DECIDE),
    "console:record_page": ("POST", Permission.DECIDE),
    "console:watch": ("POST", Permission.DECIDE),
    "console:ask_host": ("POST", Permission.DECIDE),
    "console:stop_watch": ("POST", Permission.DECIDE),
    "console:watch_host": ("POST", Permission.DECIDE),
    "console:stop_host": ("POST", Permission.DECIDE),
    "console:host_change_seen": ("POST", Permission.DECIDE),
    "console:page_record": ("GET", Permission.SEE_CASES),
    "console:page_record_file": ("GET", Permission.SEE_CASES),
    "console:reports": ("GET", Permission.SEE_REPORTS),
    "console:report_file": ("GET", Permission.SEE_REPORTS),
    "console:outgoing": ("GET", Permission.MANAGE_OUTGOING),
    "console:outgoing_test": ("POST", Permission.MANAGE_OUTGOING),
    "console:outgoing_test_event": ("POST", Permission.MANAGE_OUTGOING),
    "console:outgoing_retry": ("POST", Permission.MANAGE_OUTGOING),
    "console:outgoing_discard": ("POST", Permission.MANAGE_OUTGOING),
    "account_warnings": ("POST", Permission.SEE_CASES),
    "console:health": ("GET", Permission.MANAGE_SETTINGS),
    "console:settings": ("GET", Permission.MANAGE_SETTINGS),
    "console:settings_section": ("GET", Permission.MANAGE_SETTINGS),
    "console:replies": ("GET", Permission.MANAGE_REPLIES),
    "console:new_reply": ("GET", Permission.MANAGE_REPLIES),
    "console:edit_reply": ("GET", Permission.MANAGE_REPLIES),
    "console:withdraw_reply": ("POST", Permission.MANAGE_REPLIES),
    "console:keys": ("GET", Permission.MANAGE_KEYS),
    "console:create_key": ("POST", Permission.MANAGE_KEYS),
    "console:revoke_key": ("POST", Permission.MANAGE_KEYS),
    "console:welcome": ("GET", ANYBODY),
    "account_login": ("GET", ANYBODY),
    "mfa_authenticate": ("GET", ANYBODY),
    "mfa_login_webauthn": ("GET", ANYBODY),
    "account_inactive": ("GET", ANYBODY),
    "account_logout": ("POST", ANYBODY),
    "account_end_sessions": ("POST", STAFF),
    "account_here": ("GET", STAFF),
    "account_reauthenticate": ("GET", STAFF),
    "mfa_reauthenticate": ("GET", STAFF),
    "mfa_reauthenticate_webauthn": ("GET", STAFF),
    "account_change_password": ("GET", STAFF),
    "mfa_index": ("GET", STAFF),
    "mfa_activate_totp": ("GET", STAFF),
    "mfa_deactivate_totp": ("GET", STAFF),
    "mfa_view_recovery_codes": ("GET", STAFF),
    "mfa_generate_recovery_codes": ("GET", STAFF),
    "mfa_download_recovery_codes": ("GET", STAFF),
    "mfa_list_webauthn": ("GET", STAFF),
    "mfa_add_webauthn": ("GET", STAFF),
    "mfa_edit_webauthn": ("GET", STAFF),
    "mfa_remove_webauthn": ("GET", STAFF),
}
# These lead staff on to the page that lists passkeys, without a look at who asks: that page looks.
LEADS_ON = {"mfa_list_webauthn"}


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name}"


@dataclass
class Desk:
    """What the addresses name: a case with a decision, somebody, a key, a link, an entry of the log."""

    addresses: dict[str, list[Any]]

    def url(self, name: str) -> str:
        return reverse(name, args=self.addresses.get(name, []))


OF_CASE = (
    "case",
    "decide",
    "override",
    "copies",
    "ask",
    "freeze",
    "preserve",
    "sensitive",
    "claim",
    "release",
    "ask_missing",
    "extend_order",
    "split",
    "misuse",
    "hold_records",
    "release_records",
    "dossier",
)


def of_partners() -> dict[str, list[Any]]:
    names = ("partner_key", "partner_go_on", "partner_stop", "partner_resume", "judge_partner_entry")
    return {**{f"console:{name}": [uuid4()] for name in names}, "console:share_bank": ["no-such-bank"]}


@pytest.fixture
def desk(db: None) -> Desk:
    case = make_case().case
    make_decision(case)
    make_key()
    somebody, key = make_staff().pk, ApiKey.objects.get().pk
    arguments: dict[str, list[Any]] = {f"console:{name}": [case.pk] for name in OF_CASE}
    arguments |= {"console:log_entry": [0], "console:log_receipt": [0], "console:revoke_key": [key]}
    arguments |= of_partners()
    arguments |= {
        "console:change_role": [somebody],
        "console:set_active": [somebody],
        "console:take_back": [uuid4()],
        "console:see_sensitive": [somebody],
        "console:end_sessions": [somebody],
    }
    arguments |= {"console:merge": [case.pk, case.pk]}
    arguments |= {"console:seen_again": [uuid4()], "console:review_suspension": [uuid4()]}
    arguments |= {"console:decide_flood": [uuid4()]}
    arguments["console:mark_region"] = [case.pk, BankEntry.objects.get(case_id=case.pk).pk]
    elsewhere = make_outward().pk
    arguments |= {f"console:outward_{name}": [elsewhere] for name in ("reminder", "follow_up", "answer")}
    arguments["console:outward_write"] = [make_case(addresses=["https://a.example/1"]).case.pk, "a.example"]
    arguments["console:record_page"] = [case.pk, uuid4()]
    arguments["console:watch"] = [case.pk, uuid4()]
    arguments["console:ask_host"] = [case.pk, "a.example"]
    arguments["console:stop_watch"] = [uuid4()]
    arguments["console:watch_host"] = [case.pk, "a.example"]
    arguments |= {f"console:{name}": [uuid4()] for name in ("stop_host", "host_change_seen")}
    arguments |= {f"console:page_record{name}": [uuid4()] for name in ("", "_file")}
    arguments["console:report_file"] = ["transparency"]
    stuck = make_stuck(case).pk
    arguments |= {"console:outgoing_retry": [stuck], "console:outgoing_discard": [stuck]}
    arguments |= {"mfa_edit_webauthn": [1], "mfa_remove_webauthn": [1]}
    arguments["console:decide_appeal"] = [make_appeal(case.decisions.get()).pk]
    create_first_replies()
    reply = SavedReply.objects.all()[0].pk
    arguments |= {"console:edit_reply": [reply], "console:withdraw_reply": [reply]}
    arguments |= {f"console:{name}": [case.pk, uuid4()] for name in ("take_copy", "look", "look_picture")}
    arguments["console:settings_section"] = ["platform"]
    arguments["console:welcome"] = [invite(Role.REVIEWER, by=SYSTEM)]
    return Desk(arguments)


def knock(client: Client, desk: Desk, name: str) -> tuple[int, str]:
    answer = client.generic(DOORS[name][0], desk.url(name))
    return answer.status_code, answer.headers.get("Location", "")


def test_every_address_of_the_console_is_in_the_table() -> None:
    assert set(names(urlpatterns)) == set(DOORS)


def test_a_stranger_is_led_to_the_log_in_at_every_door_but_the_open_ones(desk: Desk) -> None:
    stranger = Client(raise_request_exception=False)
    for name, (_, who) in DOORS.items():
        status, place = knock(stranger, desk, name)
        if who == ANYBODY:
            assert status in {200, 302}, name
            assert not place.startswith(f"{LOGIN}?next"), name
        elif name not in LEADS_ON:
            assert (status, place.split("?")[0]) == (302, LOGIN), name


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_through_the_doors_that_its_grants_open_and_is_told_at_the_others(desk: Desk, role: Role) -> None:
    for name, (_, who) in DOORS.items():
        status, place = knock(log_in(make_staff(role)), desk, name)
        if isinstance(who, Permission) and who not in GRANTS[role]:
            assert status == 403, name
        else:
            assert status in {200, 302, 400, 403 if who == STAFF else 404, 404, 409, 422}, name
            assert not place.startswith(LOGIN) or name == "account_logout", name


@pytest.mark.parametrize("role", Role)
def test_who_was_put_out_is_a_stranger_at_the_next_click(desk: Desk, role: Role) -> None:
    make_staff(Role.OPERATOR)
    person = make_staff(role)
    client = log_in(person)
    assert client.get("/console/").status_code == 200
    set_active(Staff.objects.get(pk=person.pk), active=False, by=SYSTEM)
    for name, (_, who) in DOORS.items():
        if isinstance(who, Permission):
            assert knock(client, desk, name)[1].startswith(LOGIN), name


def test_a_role_that_was_taken_away_counts_at_the_next_click(desk: Desk) -> None:
    person = make_staff(Role.OPERATOR)
    client = log_in(person)
    assert client.get("/console/keys").status_code == 200
    Staff.objects.filter(pk=person.pk).update(role=Role.REVIEWER)
    assert client.get("/console/keys").status_code == 403


@pytest.mark.parametrize("name", [name for name, (method, _) in DOORS.items() if name.startswith("console:")])
def test_another_method_than_the_doors_own_changes_nothing(desk: Desk, name: str) -> None:
    wrong = "GET" if DOORS[name][0] == "POST" else "DELETE"
    client = log_in(make_staff(Role.OPERATOR))
    assert client.generic(wrong, desk.url(name)).status_code == 405


def test_the_refusal_says_why_in_a_sentence() -> None:
    answer = log_in(make_staff(Role.REVIEWER)).get("/console/keys")
    assert answer.status_code == 403
    assert "Only an operator may make or revoke keys." in answer.content.decode()


def test_nobody_signs_up_by_themselves() -> None:
    client = Client()
    for path in ("/console/signup/", "/accounts/signup/", "/console/password/reset/", "/console/email/"):
        assert client.get(path).status_code == 404
