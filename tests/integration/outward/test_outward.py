"""Notices to other platforms: the words, the clock of each, what came of it, and who sees them."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.factories import (
    REVIEWER,
    fresh,
    log_events,
    make_case,
    make_case_in,
    make_order,
    make_outward,
    staff_client,
)

from argine.desk.cases.enums import CaseState
from argine.desk.cases.operations import withdraw
from argine.desk.config_reading import read
from argine.desk.config_rules import ConfigError
from argine.desk.core import time
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.outward import policies, queries, texts
from argine.desk.outward.enums import TRANSITIONS, OutwardState, Way
from argine.desk.outward.models import OutwardNotice
from argine.desk.outward.operations import answer, follow_up, record_sent, tick
from argine.desk.serve import ticker

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=1)
SECRETS = dict.fromkeys(("statement", "where_hint", "contact", "contact_note", "signature"), "zqmark")


@pytest.fixture
def helpline(settings: LazySettings) -> Client:
    settings.CONFIG = replace(
        settings.CONFIG, desk_kind="helpline", platform_name="Helping Hands", platform_contact="help@hands.example"
    )
    return staff_client()


def test_the_clock_runs_from_when_it_was_sent_as_long_as_its_law_says() -> None:
    notice = make_outward()
    assert notice.due_at - notice.sent_at == 48 * HOURS
    assert notice.addresses.splitlines() == ["https://a.example/1", "https://a.example/2"]
    assert log_events(f"case:{notice.case_id}")[-1] == "case.platform_notice.sent"


def test_a_time_that_ends_without_an_answer_is_marked_once_with_its_instant() -> None:
    notice = make_outward()
    assert tick() == 0
    with time.shifted(48 * HOURS + timedelta(minutes=1)):
        assert ticker.one_pass() is False
        assert tick() == 0
        answer(notice, OutwardState.REMOVED, by=REVIEWER)
    notice.refresh_from_db()
    assert (notice.missed, notice.state) == (True, OutwardState.REMOVED)
    assert log_events(f"case:{notice.case_id}")[-2:] == ["case.platform_notice.missed", "case.platform_notice.answered"]


def test_a_late_answer_is_late_though_nobody_ticked() -> None:
    notice = make_outward()
    with time.shifted(50 * HOURS):
        answer(notice, OutwardState.REFUSED, by=REVIEWER)
    assert OutwardNotice.objects.get().missed is True


def test_an_answer_in_time_is_in_time() -> None:
    notice = make_outward()
    answer(notice, OutwardState.REFUSED, by=REVIEWER)
    with time.shifted(50 * HOURS):
        assert tick() == 0
        answer(notice, OutwardState.REMOVED, by=REVIEWER)
    assert OutwardNotice.objects.get().missed is False


@pytest.mark.parametrize(("was", "to"), list(product(OutwardState, OutwardState)))
def test_only_what_the_table_permits_can_be_answered(was: OutwardState, to: OutwardState) -> None:
    notice = make_outward()
    OutwardNotice.objects.update(state=was)
    if to in TRANSITIONS[was]:
        answer(notice, to, by=REVIEWER)
        assert OutwardNotice.objects.get().state == to
        return
    with pytest.raises(RefusedError, match="answered"):
        answer(notice, to, by=REVIEWER)


def test_follow_ups_come_later_and_later_and_end_with_an_answer() -> None:
    notice = make_outward()
    assert notice.next_at == notice.due_at
    waits = []
    for _ in range(5):
        now = time.now()
        follow_up(notice, by=REVIEWER)
        assert notice.next_at is not None
        waits.append(notice.next_at - now)
    assert all(earlier <= later + HOURS for earlier, later in pairwise(waits))
    assert waits[-1] < policies.LONGEST_WAIT + HOURS
    answer(notice, OutwardState.REFUSED, by=REVIEWER)
    with pytest.raises(RefusedError):
        follow_up(notice, by=REVIEWER)
    assert OutwardNotice.objects.get().follow_ups == 5


@pytest.mark.parametrize("state", [CaseState.WITHDRAWN, CaseState.FROZEN])
def test_of_a_case_that_has_ended_nothing_is_sent(state: CaseState) -> None:
    case = make_case_in(state, addresses=["https://a.example/1"])
    with pytest.raises(RefusedError):
        record_sent(case, "a.example", "us-tida-s3", Way.MAIL, time.now(), by=REVIEWER)
    with pytest.raises(RefusedError):
        policies.check_send(make_order().case)
    notice = make_outward()
    withdraw(fresh(notice.case), by=REPORTER)
    with pytest.raises(RefusedError):
        follow_up(notice, by=REVIEWER)


@pytest.mark.parametrize(
    ("platform", "law", "shift", "field"),
    [
        ("c.example", "us-tida-s3", 0, "platform"),
        ("a.example", "it-144bis", 0, "law"),
        ("a.example", "nothing", 0, "law"),
        ("a.example", "us-tida-s3", 1, "sent_at"),
        ("a.example", "us-tida-s3", -1, "sent_at"),
    ],
)
def test_what_cannot_be_is_said(platform: str, law: str, shift: int, field: str) -> None:
    case = make_case(addresses=["https://a.example/1"]).case
    with pytest.raises(InvalidError) as refusal:
        record_sent(case, platform, law, Way.FORM, time.now() + shift * HOURS, by=REVIEWER)
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("name", ["us-tida-s3", "uk-osa-10-3a", "eu-dsa-16"])
def test_the_words_hold_what_the_law_asks_and_nothing_of_the_person(helpline: Client, language: str, name: str) -> None:
    case = make_case(**SECRETS, addresses=["https://a.example/1", "https://b.example/2"]).case
    law = queries.laws()[name]
    written = texts.compose(case.number, law, queries.platforms(case)["a.example"], language)
    for text in (written.mail, written.form, str(written.data)):
        assert "https://a.example/1" in text
        assert "b.example" not in text
        assert "help@hands.example" in text
        assert law.instrument in text
        assert "zqmark" not in text
    assert ("buona fede" if language == "it" else "good faith") in written.form
    copies = "substantially the same" if name == "uk-osa-10-3a" else "known identical copies"
    assert language == "it" or copies in written.mail


def test_the_words_of_a_reminder_say_whether_the_time_has_ended(helpline: Client) -> None:
    notice = make_outward()
    assert "ends on" in texts.follow_up(notice, "A law", "en")
    with time.shifted(50 * HOURS):
        assert "ended on" in texts.follow_up(notice, "A law", "en")


def test_a_helpline_writes_sends_reminds_and_notes_the_answer(helpline: Client) -> None:
    case = make_case(addresses=["https://a.example/1"]).case
    page = f"/console/cases/{case.pk}"
    assert "Write to a.example (1 address)" in helpline.get(page).content.decode()
    written = helpline.get(f"{page}/outward/a.example?law=uk-osa-10-3a&language=it").content.decode()
    assert "buona fede" in written
    sent = {"law": "uk-osa-10-3a", "language": "it", "way": "form", "sent_at": f"{time.now():%Y-%m-%dT%H:%M:%S}"}
    with time.shifted(HOURS):
        assert staff_client().post(f"{page}/outward/a.example", sent).status_code == 302
    notice = OutwardNotice.objects.get()
    assert (notice.law, notice.way) == ("uk-osa-10-3a", "form")
    with time.shifted(49 * HOURS):
        later = staff_client()
        assert "write again" in later.get("/console/outward").content.decode()
        assert "ended on" in later.get(f"/console/outward/{notice.pk}/reminder").content.decode()
        later.post(f"/console/outward/{notice.pk}/follow-up")
        later.post(f"/console/outward/{notice.pk}/answer", {"state": "removed"})
        shown = later.get(page).content.decode()
    assert "They removed it" in shown
    assert "time missed" in shown
    again = helpline.post(f"/console/outward/{notice.pk}/answer", {"state": "refused"}, follow=True)
    assert "was answered" in again.content.decode()
    assert helpline.get(f"{page}/outward/c.example").status_code == 404


@pytest.mark.parametrize("change", [{"law": "x"}, {"way": "fax"}, {"sent_at": "soon"}, {"sent_at": ""}])
def test_a_wrong_form_is_shown_again(helpline: Client, change: dict[str, str]) -> None:
    case = make_case(addresses=["https://a.example/1"]).case
    sent = {
        "law": "us-tida-s3",
        "language": "en",
        "way": "mail",
        "sent_at": f"{time.now():%Y-%m-%dT%H:%M:%S}",
        **change,
    }
    assert helpline.post(f"/console/cases/{case.pk}/outward/a.example", sent).status_code == 422
    assert not OutwardNotice.objects.exists()


def test_a_platforms_desk_has_no_such_card() -> None:
    notice = make_outward()
    page = staff_client().get(f"/console/cases/{notice.case_id}").content.decode()
    assert "Other platforms" not in page


def test_the_kind_of_a_desk_is_one_of_two() -> None:
    assert read({"ARGINE_DESK_KIND": "helpline"}).is_helpline
    with pytest.raises(ConfigError, match="ARGINE_DESK_KIND"):
        read({"ARGINE_DESK_KIND": "other"})
