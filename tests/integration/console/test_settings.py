"""The page of the settings: who may set what, what is said where it cannot be set, and that no secret is shown."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as desk
from django.test import Client
from tests.factories import log_in, make_staff, staff_client

from argine.desk.audit.models import Entry
from argine.desk.configuration.enums import WAYS_OUT, Section
from argine.desk.configuration.live import LIVE
from argine.desk.people.enums import Role
from argine.law.schema import load_all

pytestmark = pytest.mark.django_db

PLATFORM = {"platform_name": "Forum", "platform_contact": "safety@forum.example", "exit_url": "https://weather.example"}
MAIL = {
    "smtp_host": "mail.example",
    "smtp_port": "587",
    "smtp_security": "starttls",
    "smtp_user": "desk",
    "smtp_password": "very-secret",
    "mail_from": "noreply@desk.example",
}


@pytest.fixture(autouse=True)
def settings_come_back(settings: Any) -> Iterator[None]:
    settings.CONFIG = desk.CONFIG
    yield
    LIVE.forget()


@pytest.fixture
def operator() -> Client:
    return staff_client(Role.OPERATOR)


def saved(client: Client, section: str, values: dict[str, Any]) -> bool:
    return client.post(f"/console/settings/{section}", values).status_code == 302


@pytest.mark.parametrize(
    ("role", "section", "status"),
    [
        *((Role.REVIEWER, section, 403) for section in Section),
        *((Role.SUPERVISOR, section, 403 if section in WAYS_OUT else 200) for section in Section),
        *((Role.OPERATOR, section, 200) for section in Section),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_open_and_set_which_part(role: Role, section: Section, status: int, method: str) -> None:
    client = log_in(make_staff(role))
    found = getattr(client, method)(f"/console/settings/{section}", {}).status_code
    assert found == status if method == "get" or status == 403 else found in {302, 422}


def test_what_is_saved_is_shown_and_logged_with_who_did_it(operator: Client) -> None:
    assert saved(operator, "platform", PLATFORM)
    page = operator.get("/console/settings").content.decode()
    assert "Forum" in page
    assert "Saved." in page
    assert Entry.objects.filter(event="setting.changed").count() == 3
    assert saved(operator, "platform", PLATFORM)
    assert "Nothing was changed." in operator.get("/console/settings").content.decode()
    assert "Forum" in Client().get("/").content.decode(), "people see the new name at once"


@pytest.mark.parametrize(
    ("section", "values", "field", "text"),
    [
        ("platform", {**PLATFORM, "platform_name": ""}, "platform_name", "cannot be empty"),
        ("platform", {**PLATFORM, "exit_url": "javascript:alert(1)"}, "exit_url", "begins with https"),
        ("decisions", {"warn_percent": "0"}, "warn_percent", "from 1 to 99"),
        ("decisions", {"appeal_hours": "-1"}, "appeal_hours", "whole number"),
        ("decisions", {"four_eyes": "x"}, "four_eyes", "valid choice"),
        ("retention", {"keep_more_months": "x"}, "keep_more_months", "from 0 to 120"),
        ("mail", {**MAIL, "mail_from": ""}, "mail_from", "who the e-mails are from"),
        ("mail", {**MAIL, "mail_from": "x"}, "mail_from", "one e-mail address"),
        ("mail", {**MAIL, "smtp_password": ""}, "smtp_password", "password that goes with"),
        ("mail", {**MAIL, "smtp_user": ""}, "smtp_user", "name that goes with"),
        ("webhooks", {"webhooks": "https://a.example/ http://b.example/"}, "webhooks", "Address 2"),
        ("webhooks", {"webhooks": "https://a.example/?x=1,2"}, "webhooks", "%2C"),
        ("law", {"regimes": ["kr-tba-22-5"]}, "accepted", "Say yes by name"),
        ("law", {"regimes": ["no-such-law"]}, "regimes", "valid choice"),
    ],
)
def test_a_slip_is_said_at_its_field_and_changes_nothing(
    operator: Client, section: str, values: dict[str, Any], field: str, text: str
) -> None:
    answer = operator.post(f"/console/settings/{section}", values)
    assert answer.status_code == 422
    assert text in " ".join(answer.context["form"].errors[field])
    assert not Entry.objects.filter(event="setting.changed").exists()


def test_a_law_that_nobody_has_checked_is_switched_on_by_a_yes_by_name_and_forgets_it_when_it_goes(
    operator: Client,
) -> None:
    unchecked = [key for key, regime in load_all().items() if regime.needs_operators_yes]
    assert unchecked
    assert saved(operator, "law", {"regimes": ["us-tida-s3", *unchecked], "accepted": unchecked})
    assert set(desk.CONFIG.accept_unverified) == set(unchecked)
    assert saved(operator, "law", {"regimes": ["us-tida-s3"], "accepted": unchecked})
    assert (desk.CONFIG.regimes, desk.CONFIG.accept_unverified) == (("us-tida-s3",), ())


def test_a_password_is_kept_but_never_shown_and_goes_with_its_name(operator: Client) -> None:
    assert saved(operator, "mail", MAIL)
    assert desk.CONFIG.smtp_password == "very-secret"
    for path in ("/console/settings", "/console/settings/mail", "/console/log"):
        assert "very-secret" not in operator.get(path).content.decode()
    assert saved(operator, "mail", {**MAIL, "smtp_password": "", "smtp_port": "2525"})
    assert (desk.CONFIG.smtp_password, desk.CONFIG.smtp_port) == ("very-secret", 2525)
    assert saved(operator, "mail", {**MAIL, "smtp_user": "", "smtp_password": ""})
    assert desk.CONFIG.smtp_password == ""


def test_a_webhook_is_shown_to_others_by_its_host_alone(operator: Client) -> None:
    assert saved(operator, "webhooks", {"webhooks": "https://a.example/a-secret\r\nhttps://b.example/"})
    assert desk.CONFIG.webhooks == ("https://a.example/a-secret", "https://b.example/")
    page = staff_client(Role.SUPERVISOR).get("/console/settings").content.decode()
    assert "a.example, b.example" in page
    assert "a-secret" not in page


def test_what_the_environment_says_is_shown_with_its_variable_and_cannot_be_set(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "ARGINE_PLATFORM_NAME", "From outside")
    desk.CONFIG = replace(desk.CONFIG, platform_name="From outside")
    page = operator.get("/console/settings/platform").content.decode()
    assert "ARGINE_PLATFORM_NAME" in page
    assert 'name="platform_name"' not in page
    assert saved(operator, "platform", PLATFORM)
    assert not Entry.objects.filter(subject="setting:platform_name").exists()
    monkeypatch.setitem(os.environ, "ARGINE_REGIMES", "us-tida-s3")
    page = operator.get("/console/settings/law").content.decode()
    assert "All of this is set in the environment." in page
    answer = operator.post("/console/settings/law", {"regimes": ["it-144bis"]})
    assert answer.status_code == 409
    assert "ARGINE_REGIMES" in answer.content.decode()


def test_a_part_that_is_none_is_not_found(operator: Client) -> None:
    assert operator.get("/console/settings/nothing").status_code == 404
