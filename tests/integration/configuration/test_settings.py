"""What is set in the console: every process follows it, the environment comes first, the log proves it."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as desk
from django.db import connection
from tests.raw_sql import raw

from argine.desk.audit.models import Entry
from argine.desk.config import Config
from argine.desk.configuration import verify
from argine.desk.configuration.enums import SECRET, SECTIONS, SETTABLE, WAYS_OUT, Section
from argine.desk.configuration.live import LIVE, Live
from argine.desk.configuration.models import StoredSetting
from argine.desk.configuration.operations import change
from argine.desk.configuration.queries import as_text, default_of
from argine.desk.core.actor import Actor
from argine.desk.core.errors import RefusedError

pytestmark = pytest.mark.django_db

OPERATOR = Actor("staff:1")


@pytest.fixture(autouse=True)
def settings_come_back(settings: Any) -> Iterator[None]:
    """What a test sets ends with it."""
    settings.CONFIG = desk.CONFIG
    yield
    LIVE.forget()


def entries() -> list[dict[str, Any]]:
    return [json.loads(row.data) for row in Entry.objects.filter(event="setting.changed").order_by("index")]


def test_what_is_set_counts_at_once_and_stays() -> None:
    assert change({"platform_name": "Forum", "appeal_hours": "24", "purge": "no"}, by=OPERATOR) == [
        "platform_name",
        "appeal_hours",
        "purge",
    ]
    assert (desk.CONFIG.platform_name, desk.CONFIG.appeal_hours, desk.CONFIG.purge) == ("Forum", 24, False)
    assert change({"purge": "yes"}, by=OPERATOR) == ["purge"]
    assert desk.CONFIG.purge is True


def test_another_process_takes_it_at_its_next_look() -> None:
    other = Live()
    change({"claim_minutes": "7"}, by=OPERATOR)
    desk.CONFIG = LIVE._config.__class__()  # type: ignore[union-attr]  # as if this were the other's memory
    other.refresh()
    assert desk.CONFIG.claim_minutes == 7


def test_a_settings_object_that_a_thread_put_back_is_replaced_again() -> None:
    old = desk.CONFIG
    change({"claim_minutes": "7"}, by=OPERATOR)
    desk.CONFIG = old
    LIVE.refresh()
    assert desk.CONFIG.claim_minutes == 7


def test_the_environment_comes_first_and_is_not_set_from_the_console(monkeypatch: pytest.MonkeyPatch) -> None:
    change({"platform_name": "Forum"}, by=OPERATOR)
    monkeypatch.setitem(os.environ, "ARGINE_PLATFORM_NAME", "From outside")
    with pytest.raises(RefusedError, match="ARGINE_PLATFORM_NAME"):
        change({"platform_name": "Other"}, by=OPERATOR)
    change({"claim_minutes": "9"}, by=OPERATOR)
    assert (desk.CONFIG.platform_name, desk.CONFIG.claim_minutes) == ("From outside", 9)


@pytest.mark.parametrize("name", ["data", "base_url", "require_mfa", "sandbox", "webhook_private", "nothing"])
def test_what_is_set_at_the_start_is_not_set_from_the_console(name: str) -> None:
    with pytest.raises(RefusedError, match="where the desk is started"):
        change({name: "x"}, by=OPERATOR)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"four_eyes": "sometimes"}, "must be one of"),
        ({"appeal_hours": "0"}, "above zero"),
        ({"warn_percent": "120"}, "from 1 to 99"),
        ({"smtp_host": "mail.example"}, "ARGINE_MAIL_FROM"),
        ({"smtp_user": "desk"}, "go together"),
        ({"webhooks": "http://platform.example/"}, "must begin with https"),
        ({"regimes": "no-such-law"}, "is not a regime"),
        ({"regimes": "kr-tba-22-5"}, "Accept it explicitly"),
    ],
)
def test_what_does_not_fit_changes_nothing(values: dict[str, str], text: str) -> None:
    before = desk.CONFIG
    with pytest.raises(RefusedError, match=text):
        change({"platform_name": "Forum", **values}, by=OPERATOR)
    assert before == desk.CONFIG
    assert not StoredSetting.objects.exists()
    assert entries() == []


def test_an_unchecked_law_runs_after_a_yes_by_name() -> None:
    change({"regimes": "us-tida-s3,kr-tba-22-5", "accept_unverified": "kr-tba-22-5"}, by=OPERATOR)
    assert desk.CONFIG.regimes == ("us-tida-s3", "kr-tba-22-5")


def test_each_change_has_its_entry_and_what_is_set_to_the_same_has_none() -> None:
    change({"appeal_hours": "24", "four_eyes": "all"}, by=OPERATOR)
    assert change({"appeal_hours": "24"}, by=OPERATOR) == []
    assert [(entry["name"], entry["value"]) for entry in entries()] == [("appeal_hours", "24"), ("four_eyes", "all")]
    assert set(Entry.objects.filter(event="setting.changed").values_list("by", flat=True)) == {OPERATOR}


def test_no_secret_and_no_word_stands_in_the_log_or_open_in_the_database() -> None:
    secrets = {
        "smtp_host": "mail.example",
        "smtp_user": "user-of-desk",
        "smtp_password": "pass-of-desk",
        "mail_from": "from-of-desk@example.org",
        "platform_contact": "contact-of-desk@example.org",
        "webhooks": "https://hooks.example/token-of-desk",
    }
    change(secrets, by=OPERATOR)
    assert desk.CONFIG.smtp_password == "pass-of-desk"
    assert "of-desk" not in json.dumps(entries())
    assert "pass-of-desk" not in repr(desk.CONFIG)
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM configuration_storedsetting")
        assert not any(b"of-desk" in bytes(value) for (value,) in cursor.fetchall())


def test_the_log_agrees_until_a_row_is_changed_behind_its_back() -> None:
    change({"appeal_hours": "24", "four_eyes": "all"}, by=OPERATOR)
    assert list(verify.faults()) == []
    row = StoredSetting.objects.get(name="four_eyes")
    row.value = "off"
    row.save()
    assert [(fault.where, fault.what) for fault in verify.faults()] == [
        ("setting:four_eyes", "has another value than the log says")
    ]
    raw("UPDATE configuration_storedsetting SET value = X'0102' WHERE name = 'four_eyes'")
    assert [fault.where for fault in verify.faults()] == ["setting:four_eyes"]
    LIVE.version = -1
    LIVE.refresh()
    assert "cannot be opened" in LIVE.problem
    row.delete()
    assert [fault.what for fault in verify.faults()] == ["was logged but is gone"]
    Entry.objects.filter(subject="setting:appeal_hours").delete()
    assert "was never logged" in [fault.what for fault in verify.faults()]


def test_settings_that_no_longer_fit_the_environment_leave_the_last_good_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    change({"smtp_host": "mail.example", "mail_from": "noreply@example.org"}, by=OPERATOR)
    before = desk.CONFIG
    monkeypatch.setitem(os.environ, "ARGINE_MAIL_FROM", "nonsense")
    LIVE.version = -1
    LIVE.refresh()
    assert before == desk.CONFIG
    assert "ARGINE_MAIL_FROM" in LIVE.problem


def test_every_settable_setting_is_one_and_stands_in_one_part() -> None:
    names = [name for part in SECTIONS.values() for name in part]
    assert len(names) == len(set(names)) == len(SETTABLE)
    assert set(SECTIONS) == set(Section)
    assert set(names) | set(SECRET) <= set(Config.__dataclass_fields__)
    assert {Section.MAIL, Section.WEBHOOKS} == WAYS_OUT


@pytest.mark.parametrize(("value", "text"), [(True, "yes"), (False, "no"), (7, "7"), (("a", "b"), "a,b"), ("x", "x")])
def test_a_value_is_written_as_its_variable_would_have_it(value: object, text: str) -> None:
    assert as_text(value) == text


def test_a_default_is_written_the_same_way() -> None:
    assert (default_of("purge"), default_of("warn_percent")) == ("yes", "50,80,95")
