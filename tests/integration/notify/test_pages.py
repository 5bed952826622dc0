"""What people see of the mail: the reporter's choice, the console's page, health, warnings of one's own."""

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.factories import fresh, log_in, make_case, make_order, make_staff, make_stuck, report_form, staff_client
from tests.integration.notify.conftest import send_all
from tests.pages import with_case
from tests.smtp_server import Mailbox

from argine.desk.cases.enums import CaseState, Mail
from argine.desk.cases.mail import choice_of
from argine.desk.cases.models import Case
from argine.desk.core import time
from argine.desk.core.models import Heartbeat
from argine.desk.notify.enums import MessageState, Problem
from argine.desk.notify.models import Outgoing
from argine.desk.people.enums import Role
from argine.desk.people.models import Staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("sent", "choice"), [({}, Mail.NONE), ({"mail": ""}, Mail.NONE), ({"mail": "news"}, Mail.NEWS),
                                              ({"mail": "letters"}, Mail.LETTERS)])  # fmt: skip
def test_the_form_takes_what_the_person_wants(
    stranger: Client, mailbox: Mailbox, sent: dict[str, str], choice: Mail
) -> None:
    assert 'name="mail"' in stranger.get("/report/").content.decode()
    stranger.post("/report/", report_form(**sent))
    assert choice_of(Case.objects.get()) == choice


def test_without_a_mail_server_nobody_is_asked_and_nothing_can_be_chosen(stranger: Client) -> None:
    assert 'name="mail"' not in stranger.get("/report/").content.decode()
    stranger.post("/report/", report_form(mail="letters"))
    case = Case.objects.get()
    assert choice_of(case) == Mail.NONE
    assert 'id="mails"' not in with_case(case, "en").get("/status/").content.decode()


def test_the_person_changes_the_choice_on_the_page_of_the_case(mailbox: Mailbox) -> None:
    case = make_case(mail=Mail.NEWS).case
    person = with_case(case, "en")
    page = person.get("/status/").content.decode()
    assert (
        'value="news" id="mail_mail_1" checked' in page
        or 'id="mail_mail_1" value="news" checked' in page
        or ("checked" in page[page.index('value="news"') : page.index('value="letters"')])
    )
    assert person.post("/status/mail/", {"mail": "none"}).status_code == 302
    assert choice_of(fresh(case)) == Mail.NONE
    assert person.post("/status/mail/", {"mail": "all"}).status_code == 422
    assert Client().post("/status/mail/", {"mail": "none"}).headers["Location"] == "/status/"


@pytest.mark.parametrize("contact", ["", "by telephone"])
def test_who_left_no_address_is_not_asked_what_they_want_by_mail(mailbox: Mailbox, contact: str) -> None:
    page = with_case(make_case(contact=contact).case, "en").get("/status/").content.decode()
    assert 'id="mails"' not in page


def test_the_page_says_what_did_not_go_and_what_to_do(mailbox: Mailbox) -> None:
    case = make_case(mail=Mail.LETTERS).case
    make_stuck(case)
    make_stuck(case, Problem.LOST)
    desk = staff_client(Role.SUPERVISOR)
    page = desk.get("/console/outgoing").content.decode()
    assert "refuses the address" in page
    assert "Send again only if twice does no harm" in page
    assert "person@example.org" not in page
    refused, lost = Outgoing.objects.order_by("created_at")
    desk.post(f"/console/outgoing/{refused.pk}/discard")
    desk.post(f"/console/outgoing/{lost.pk}/retry")
    assert [fresh_state(refused), fresh_state(lost)] == [MessageState.DROPPED, MessageState.WAITING]
    again = desk.post(f"/console/outgoing/{refused.pk}/retry", follow=True)
    assert "sent meanwhile, or taken care of" in again.content.decode()
    assert desk.post(f"/console/outgoing/{case.pk}/retry").status_code == 404


def fresh_state(message: Outgoing) -> str:
    return Outgoing.objects.get(pk=message.pk).state


def test_a_test_comes_to_who_asked_for_it(mailbox: Mailbox) -> None:
    person = make_staff(Role.OPERATOR)
    desk = log_in(person)
    assert "not tried yet" in desk.get("/console/outgoing").content.decode()
    desk.post("/console/outgoing/test")
    send_all()
    assert mailbox.to == [person.email]
    assert "here is the proof" in str(mailbox.taken[0].get_content())
    assert ">works<" in desk.get("/console/outgoing").content.decode()


def test_the_page_says_what_is_wrong_with_the_way(mailbox: Mailbox) -> None:
    desk = staff_client(Role.OPERATOR)
    mailbox.answers["MAIL"] = "550 not you"
    desk.post("/console/outgoing/test")
    send_all()
    assert "does not let this desk send from its address" in desk.get("/console/outgoing").content.decode()
    Heartbeat.objects.create(name="courier", at=time.now())
    assert "E-mail does not work" in desk.get("/console/").content.decode()


def test_without_a_mail_server_the_console_says_so_plainly(settings: LazySettings) -> None:
    desk = staff_client(Role.OPERATOR)
    assert "No mail server is set" in desk.get("/console/outgoing").content.decode()
    assert "E-mail off" in desk.get("/console/").content.decode()
    desk.post("/console/outgoing/test")
    assert not Outgoing.objects.exists()


def test_a_courier_that_gives_no_sign_of_life_is_said(mailbox: Mailbox) -> None:
    desk = staff_client(Role.OPERATOR)
    assert "Nobody carries it" in desk.get("/console/outgoing").content.decode()
    assert "Nothing goes out" in desk.get("/console/").content.decode()
    Heartbeat.objects.create(name="courier", at=time.now())
    assert "Nobody carries it" not in desk.get("/console/outgoing").content.decode()
    assert "E-mail on" in desk.get("/console/").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mail": Mail.LETTERS}, "Whole letters"),
        ({"mail": Mail.NONE}, "wants no e-mail"),
        ({"contact": "by telephone", "mail": Mail.LETTERS}, "left no e-mail address"),
    ],
)
def test_the_page_of_a_case_says_which_letters_went(mailbox: Mailbox, changes: dict[str, object], words: str) -> None:
    case = make_case(**changes).case
    sent = send_all()
    page = staff_client().get(f"/console/cases/{case.pk}").content.decode()
    assert words in page
    assert ("Your report arrived" in page) == bool(sent)


def test_an_order_has_no_letters(mailbox: Mailbox) -> None:
    page = staff_client().get(f"/console/cases/{make_order().case_id}").content.decode()
    assert "E-mails to the reporter" not in page


def test_staff_choose_their_own_warnings(mailbox: Mailbox) -> None:
    person = make_staff()
    desk = log_in(person)
    desk.post("/console/account/warnings", {"wanted": "yes"}, headers={"Accept-Language": "it"})
    assert Staff.objects.get().warning_mails == "it"
    assert "Send me none any more" in desk.get("/console/account").content.decode()
    desk.post("/console/account/warnings")
    assert Staff.objects.get().warning_mails == ""


def test_a_frozen_case_offers_no_mail(mailbox: Mailbox) -> None:
    case = make_case(mail=Mail.LETTERS).case
    Case.objects.filter(pk=case.pk).update(state=CaseState.FROZEN)
    assert choice_of(fresh(case)) == Mail.NONE
    assert with_case(fresh(case), "en").post("/status/mail/", {"mail": "news"}).status_code == 422
