"""What letters say: all that the law wants the reporter told, in their language, as much as they asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import transaction
from tests.factories import (
    COLLEAGUE,
    PLATFORM,
    REVIEWER,
    fresh,
    make_appeal,
    make_case,
    make_case_in,
    make_decision,
    make_host_watch,
    make_order,
    make_staff,
)
from tests.integration.notify.conftest import send_all
from tests.smtp_server import Mailbox

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases import duties, queries
from argine.desk.cases.drafts import ActionDraft, SupplementDraft, VerdictDraft
from argine.desk.cases.enums import Basis, CaseState, Ground, Mail, Measure, Outcome
from argine.desk.cases.models import Case
from argine.desk.cases.operations import (
    add_to_notice,
    ask_for_missing,
    ask_reporter,
    choose_mail,
    decide_appeal,
    report_action,
    warn_of_clocks,
    withdraw,
)
from argine.desk.clocks.operations import tick
from argine.desk.core import time
from argine.desk.core.actor import REPORTER, SYSTEM
from argine.desk.notify.enums import LETTERS, Kind
from argine.desk.notify.letters import SECTIONS, About, Section, compose
from argine.desk.people.operations import choose_warning_mails, set_active
from argine.law import duties as law
from argine.law.schema import load_all
from argine.law.terms import Force, Moment, Recipient, Trigger

pytestmark = pytest.mark.django_db


def texts(mailbox: Mailbox) -> list[str]:
    send_all()
    found = [str(mail.get_content()) for mail in mailbox.taken]
    mailbox.taken.clear()
    return found


def case_with_mail(choice: Mail = Mail.LETTERS, **changes: object) -> Case:
    return make_case(mail=choice, **changes).case


def test_the_whole_story_of_a_removal_is_told_letter_by_letter(mailbox: Mailbox) -> None:
    case = case_with_mail()
    (received,) = texts(mailbox)
    assert f"case {case.number}" in received
    assert "Example Forum" in received
    assert "TAKE IT DOWN Act" in received
    ask_reporter(case, "Where did you see it?", by=REVIEWER)
    (question,) = texts(mailbox)
    assert "Where did you see it?" in question
    decision = make_decision(case, reasons="It shows what you say.")
    (removal,) = texts(mailbox)
    assert "is removed" in removal
    assert "It shows what you say." in removal
    assert "A person decided" in removal
    report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    (removed,) = texts(mailbox)
    assert "Removed" in removed
    withdraw(fresh(case), by=REPORTER)
    (withdrawn,) = texts(mailbox)
    assert "took your report back" in withdrawn


def test_a_refusal_gives_reasons_and_says_how_to_appeal_and_the_outcome_comes_once(mailbox: Mailbox) -> None:
    case = case_with_mail()
    decision = make_decision(case, Outcome.KEEP, reasons="It shows a landscape.")
    _, refused = texts(mailbox)
    assert "not removed" in refused
    assert "It shows a landscape." in refused
    assert "somebody else decides" in refused
    assert "court" in refused
    verdict = VerdictDraft(Basis.STATEMENT, "It does show you.", Ground.INTIMATE_WITHOUT_CONSENT)
    decide_appeal(make_appeal(decision), verdict, by=COLLEAGUE)
    (outcome,) = texts(mailbox)
    assert "Your appeal was successful" in outcome
    assert "It does show you." in outcome


def test_an_appeal_that_fails_is_explained(mailbox: Mailbox) -> None:
    decision = make_decision(case_with_mail(), Outcome.KEEP)
    appeal = make_appeal(decision)
    decide_appeal(appeal, VerdictDraft(Basis.STATEMENT, "Still a landscape."), by=COLLEAGUE)
    *_, outcome = texts(mailbox)
    assert "The decision stands" in outcome
    assert "Still a landscape." in outcome
    assert "until" not in outcome  # there is no second appeal to wait for


def test_when_an_uploader_wins_the_reporter_is_told_why(mailbox: Mailbox) -> None:
    appeal = make_appeal(make_decision(case_with_mail()))
    decide_appeal(appeal, VerdictDraft(Basis.STATEMENT, "Consent was shown.", Ground.CONSENT_SHOWN), by=COLLEAGUE)
    *_, told = texts(mailbox)
    assert "Whoever had put it online appealed" in told
    assert "Consent was shown." in told


def test_what_is_there_again_is_told(mailbox: Mailbox) -> None:
    case = case_with_mail()
    send_all()
    mailbox.taken.clear()
    with transaction.atomic():
        moved = {"from": CaseState.REMOVED.value, "to": CaseState.REMOVAL.value}
        append(Event.CASE_MOVED, f"case:{case.id}", by=SYSTEM, data=dict(moved))
    (told,) = texts(mailbox)
    assert "appeared again" in told


def test_what_lacks_is_named_at_once_and_asked_for(mailbox: Mailbox) -> None:
    case = case_with_mail(signature="")
    (received,) = texts(mailbox)
    assert "your name, or another name you use" in received
    ask_for_missing(case, by=REVIEWER)
    (asked,) = texts(mailbox)
    assert "your name, or another name you use" in asked


def test_who_wants_only_to_know_that_there_is_news_gets_the_same_few_words_each_time(mailbox: Mailbox) -> None:
    case = case_with_mail(Mail.NEWS)
    make_decision(case, reasons="Zqmark reasons")
    send_all()
    first, second = mailbox.taken
    assert first.get_content() == second.get_content()
    assert "There is news" in str(first.get_content())
    for word in ("Example Forum", "picture", "case ", "https://", "Zqmark"):
        assert word not in str(first.get_content())


def test_the_subject_is_the_same_whatever_the_letter_says(mailbox: Mailbox) -> None:
    case = case_with_mail()
    make_decision(case, Outcome.KEEP)
    withdraw(fresh(case), by=REPORTER)
    send_all()
    assert [mail["Subject"] for mail in mailbox.taken] == ["Your request"] * 3


@pytest.mark.parametrize("choice", [Mail.NONE, Mail.NEWS, Mail.LETTERS])
def test_a_reporter_gets_as_many_letters_as_they_asked_for(mailbox: Mailbox, choice: Mail) -> None:
    make_decision(case_with_mail(choice))
    assert len(texts(mailbox)) == (0 if choice == Mail.NONE else 2)


@pytest.mark.parametrize("contact", ["", "+39 06 000 000", "ask my sister: a@b.example", "a@b.example, c@d.example"])
def test_who_left_no_single_address_gets_no_mail(mailbox: Mailbox, contact: str) -> None:
    make_decision(case_with_mail(contact=contact))
    assert texts(mailbox) == []


def test_an_address_that_is_added_later_is_used_from_then_on(mailbox: Mailbox) -> None:
    sent = make_case(contact="")
    add_to_notice(sent.notice, SupplementDraft(contact="later@example.org"), by=REPORTER)
    send_all()
    choose_mail(sent.case, Mail.LETTERS, by=REPORTER)
    make_decision(sent.case)
    assert len(texts(mailbox)) == 1
    assert mailbox.to == ["later@example.org"]


def test_letters_are_in_the_language_of_the_report(mailbox: Mailbox) -> None:
    case = case_with_mail(language="it")
    send_all()
    (mail,) = mailbox.taken
    assert mail["Content-Language"] == "it"
    assert mail["Subject"] == "La tua richiesta"
    assert f"caso {case.number}" in str(mail.get_content())
    assert "novembre" in str(mail.get_content()) or "/" in str(mail.get_content())


def test_an_order_has_nobody_to_write_to(mailbox: Mailbox) -> None:
    make_order()
    assert texts(mailbox) == []


MOMENTS = {Moment.RECEIVED: Kind.RECEIVED, Moment.REMOVED: Kind.REMOVAL, Moment.REFUSED: Kind.REFUSED,
           Moment.APPEALED: Kind.APPEAL_DECIDED}  # fmt: skip


def about(moment: Moment) -> About:
    if moment == Moment.RECEIVED:
        return About(case_with_mail())
    decision = make_decision(case_with_mail(), Outcome.REMOVE if moment == Moment.REMOVED else Outcome.KEEP)
    if moment != Moment.APPEALED:
        return About(decision.case, decision=decision)
    appeal = make_appeal(decision)
    decide_appeal(appeal, VerdictDraft(Basis.STATEMENT, "Looked at again."), by=COLLEAGUE)
    return About(decision.case, appeal=appeal)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", [name for name, one in load_all().items() if one.trigger is Trigger.NOTICE])
def test_every_law_finds_in_the_letter_all_that_it_wants_the_reporter_told(moment: Moment, name: str) -> None:
    regime = load_all()[name]
    letter_about = about(moment)
    notice = queries.first_notice(letter_about.case)
    assert notice is not None
    facts = duties.facts_of(queries.notice_draft(notice), notice.received_at)
    owed = [duty for duty in law.of_notice(facts, [regime]).at(moment) if duty.to is Recipient.REPORTER]
    told = {duty.what for duty in owed if duty.kind is law.DutyKind.TELL}
    said = compose(MOMENTS[moment], letter_about, Mail.LETTERS).sections
    assert told <= {section.value for section, text in said.items() if text}


def test_some_law_wants_each_of_the_sections_that_bear_a_laws_name() -> None:
    wanted = {telling.what.value for regime in load_all().values() for telling in regime.tell_reporter}
    assert {"receipt", "decision", "redress", "automation", "refusal_reasons", "appeal_decision"} <= wanted
    assert all(telling.force in Force for regime in load_all().values() for telling in regime.tell_reporter)
    assert set(SECTIONS) == LETTERS


def test_every_letter_can_be_written_whatever_has_become_of_the_case() -> None:
    for state in CaseState:
        case = make_case_in(state)
        decision = queries.current_decision(case)
        for kind in LETTERS - {Kind.APPEAL_DECIDED}:
            if decision is not None or kind not in {Kind.REMOVAL, Kind.REFUSED}:
                letter = compose(kind, About(case, decision=decision), Mail.LETTERS)
                assert "None" not in letter.body
                assert letter.sections[next(iter(letter.sections))]


def test_staff_who_asked_for_it_are_warned_once_for_each_instant(settings: LazySettings, mailbox: Mailbox) -> None:
    settings.CONFIG = replace(settings.CONFIG, regimes=("us-tida-s3", "uk-osa-10-3a"))
    reviewer, other, gone = make_staff(), make_staff(), make_staff()
    choose_warning_mails(reviewer, "it", by=SYSTEM)
    choose_warning_mails(gone, "en", by=SYSTEM)
    set_active(gone, active=False, by=SYSTEM)
    case = make_case(addresses=["https://a.example/1", "https://a.example/2"]).case
    with time.shifted(timedelta(hours=25)):
        warn_of_clocks()
        (text,) = texts(mailbox)
    assert mailbox.to == [reviewer.email]
    assert f"Caso {case.number}: è trascorso il 50 %" in text
    assert f"https://desk.example/console/cases/{case.id}" in text
    with time.shifted(timedelta(hours=49)):
        tick()
        send_all()
    (missed,) = mailbox.taken
    assert missed["Subject"] == "Argine: Una scadenza è stata mancata"
    assert other.email not in mailbox.to


def test_no_mail_carries_what_was_reported(mailbox: Mailbox) -> None:
    words = dict.fromkeys(("statement", "where_hint", "contact_note", "signature"), "zqmark")
    case = case_with_mail(**words, addresses=["https://site.example/zqmark"])
    reviewer = make_staff()
    choose_warning_mails(reviewer, "en", by=SYSTEM)
    make_decision(case, Outcome.KEEP)
    with time.shifted(timedelta(hours=25)):
        warn_of_clocks()
    assert not any("zqmark" in text.lower() for text in texts(mailbox))


def test_the_sections_of_a_letter_come_in_the_order_in_which_they_are_read() -> None:
    case = case_with_mail()
    letter = compose(Kind.RECEIVED, About(case), Mail.LETTERS)
    assert next(iter(letter.sections)) == Section.RECEIPT
    assert letter.body.startswith("This is about case")
    assert letter.body.endswith("\n")


def test_staff_are_told_that_a_watched_website_changed_and_nothing_of_which(
    settings: LazySettings, mailbox: Mailbox
) -> None:
    reader = make_staff()
    choose_warning_mails(reader, "en", by=SYSTEM)
    case = make_case_in(CaseState.REMOVED, addresses=["https://zqhost.example/1"], contact="")
    make_host_watch(case)
    (text,) = texts(mailbox)
    assert mailbox.to == [reader.email]
    assert f"Case {case.number}: something has changed about a website" in text
    assert "zqhost" not in text
