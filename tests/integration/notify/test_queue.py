"""The mail queue against a real mail server: nothing lost, nothing twice, and what cannot go is shown."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.conf import LazySettings
from django.db import connection
from tests.factories import COLLEAGUE, every_fault, fresh, log_events, make_case
from tests.integration.notify.conftest import mail_config, send_all
from tests.raw_sql import only_where_rows_may_have_any_form, raw
from tests.smtp_server import Mailbox, certificate, serving

from argine.desk.cases.enums import Mail
from argine.desk.cases.models import Case
from argine.desk.cases.operations import choose_mail, freeze
from argine.desk.core import time
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import RefusedError
from argine.desk.notify import policies
from argine.desk.notify.enums import TRANSITIONS, MessageState, Problem
from argine.desk.notify.models import Follower, Outgoing, Route
from argine.desk.notify.operations import deliver as delivering
from argine.desk.notify.operations import deliver_next, discard, follow, forget_old_messages, recover, retry
from argine.desk.notify.operations.follow import start_following
from argine.desk.notify.queries import letters_of

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def reported(**changes: object) -> Case:
    return make_case(mail=Mail.LETTERS, **changes).case


def only() -> Outgoing:
    return Outgoing.objects.get()


def test_a_report_is_acknowledged_once_and_then_nothing_of_the_letter_is_kept(mailbox: Mailbox) -> None:
    case = reported()
    assert [send_all(), send_all()] == [1, 0]
    (mail,) = mailbox.taken
    assert mailbox.to == ["person@example.org"]
    assert (mail["To"], mail["From"]) == ("person@example.org", "noreply@desk.example")
    assert mail["Message-ID"] == f"<{only().id}@desk.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    sent = only()
    assert (sent.state, sent.address, sent.subject, sent.body) == (MessageState.SENT, "", "", "")
    assert log_events(f"case:{case.id}")[-1] == "case.letter.sent"
    assert every_fault() == []


def test_while_the_server_is_down_everything_waits_and_goes_when_it_is_back(
    settings: LazySettings, mailbox: Mailbox
) -> None:
    with serving(Mailbox()) as gone:
        settings.CONFIG = mail_config(settings.CONFIG, gone.port)
    for _ in range(3):
        reported()
    assert send_all() == 1  # one try tells; the others are not tried in vain
    route = Route.objects.get()
    assert (route.problem, route.failures) == (Problem.UNREACHABLE, 1)
    assert route.paused_until is not None
    waits = []
    shift = timedelta(0)
    for _ in range(8):
        shift += waits[-1] + timedelta(seconds=1) if waits else policies.FIRST_WAIT + timedelta(seconds=1)
        with time.shifted(shift):
            assert send_all() == 1
            route.refresh_from_db()
            waits.append(route.paused_until - time.now())
    assert waits == sorted(waits)
    assert waits[-1] <= policies.LONGEST_WAIT
    settings.CONFIG = mail_config(settings.CONFIG, mailbox.port)
    with time.shifted(shift + policies.LONGEST_WAIT * 2):
        assert send_all() == 3
    assert len({mail["Message-ID"] for mail in mailbox.taken}) == len(mailbox.taken) == 3
    route.refresh_from_db()
    assert (route.problem, route.failures, route.paused_until) == ("", 0, None)


def test_what_could_not_go_for_five_days_is_shown_and_goes_when_somebody_says_so(mailbox: Mailbox) -> None:
    case = reported()
    mailbox.answers["RCPT"] = "451 not now"
    assert send_all() == 1
    assert (only().state, only().problem) == (MessageState.WAITING, Problem.LATER)
    with time.shifted(policies.TRY_FOR + MINUTE):
        assert send_all() == 1
        dead = only()
        assert dead.state == MessageState.DEAD
        assert dead.address == "person@example.org"
        mailbox.answers.clear()
        retry(dead, by=COLLEAGUE)
        assert send_all() == 1
    assert (only().state, len(mailbox.taken)) == (MessageState.SENT, 1)
    assert log_events(f"case:{case.id}")[-3:] == ["case.letter.unsent", "case.letter.retried", "case.letter.sent"]


@pytest.mark.parametrize(
    ("answers", "refused", "state", "problem"),
    [
        ({}, {"person@example.org"}, MessageState.DEAD, Problem.RECIPIENT),
        ({"DATA": "554 no"}, set(), MessageState.DEAD, Problem.CONTENT),
        ({"TEXT": "554 looks like spam"}, set(), MessageState.DEAD, Problem.CONTENT),
        ({"TEXT": "452 disk full"}, set(), MessageState.WAITING, Problem.LATER),
        ({"DATA": "421 closing"}, set(), MessageState.WAITING, Problem.LATER),
        ({"MAIL": "550 not you"}, set(), MessageState.WAITING, Problem.SENDER),
        ({"RCPT": "450 greylisted"}, set(), MessageState.WAITING, Problem.LATER),
    ],
)
def test_each_no_of_a_server_is_taken_for_what_it_is(
    mailbox: Mailbox, answers: dict[str, str], refused: set[str], state: MessageState, problem: Problem
) -> None:
    mailbox.answers, mailbox.refused = answers, refused
    reported()
    assert send_all() == 1
    assert (only().state, only().problem, mailbox.taken) == (state, problem, [])


def test_one_refused_recipient_holds_up_nobody_else(mailbox: Mailbox) -> None:
    mailbox.refused = {"wrong@example.org"}
    reported(contact="wrong@example.org")
    reported()
    assert send_all() == 2
    assert mailbox.to == ["person@example.org"]


@pytest.mark.parametrize("place", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_line_that_breaks_before_the_text_is_tried_again(mailbox: Mailbox, place: str) -> None:
    mailbox.drop_at = place
    reported()
    assert send_all() == 1
    assert (only().state, only().problem) == (MessageState.WAITING, Problem.UNREACHABLE)
    mailbox.drop_at = ""
    with time.shifted(MINUTE):
        assert send_all() == 1
    assert len(mailbox.taken) == 1


def test_a_line_that_breaks_after_the_text_is_never_tried_again_unasked(mailbox: Mailbox) -> None:
    mailbox.drop_at = "TEXT"
    reported()
    assert send_all() == 1
    unsure = only()
    assert (unsure.state, unsure.problem) == (MessageState.UNSURE, Problem.LOST)
    mailbox.drop_at = ""
    with time.shifted(policies.TRY_FOR):
        assert send_all() == 0
        retry(unsure, by=COLLEAGUE)
        assert send_all() == 1
    assert mailbox.taken[0]["Message-ID"] == f"<{unsure.id}@desk.example>"


def test_a_courier_that_dies_before_the_text_leaves_it_to_the_next(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported()
    while follow():
        pass
    with monkeypatch.context() as killed:
        killed.setattr(delivering, "_send", _killed)
        with pytest.raises(KeyboardInterrupt):
            deliver_next()
    assert send_all() == 0  # another may still be at it
    with time.shifted(delivering.LEASE + MINUTE):
        assert send_all() == 1
    assert len(mailbox.taken) == 1


def test_a_courier_that_dies_after_the_text_leaves_it_unsure(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    case = reported()
    while follow():
        pass
    with monkeypatch.context() as killed:
        killed.setattr(delivering.queue, "end", _killed)
        with pytest.raises(KeyboardInterrupt):
            deliver_next()
    assert only().state == MessageState.HANDING_OVER
    assert recover() == 0
    with time.shifted(delivering.LEASE + MINUTE):
        assert send_all() == 0
    assert only().state == MessageState.UNSURE
    assert len(mailbox.taken) == 1
    assert log_events(f"case:{case.id}")[-1] == "case.letter.unsent"


def _killed(*_args: object, **_more: object) -> None:
    raise KeyboardInterrupt


def test_a_courier_whose_lease_ran_out_does_not_go_on(mailbox: Mailbox) -> None:
    reported()
    while follow():
        pass
    slow = delivering._lease()
    assert slow is not None
    with time.shifted(delivering.LEASE + MINUTE):
        assert send_all() == 1
    delivering._send(slow)
    assert len(mailbox.taken) == 1
    assert only().state == MessageState.SENT


@pytest.mark.django_db(transaction=True)
def test_many_couriers_at_once_send_each_letter_once(mailbox: Mailbox) -> None:
    for number in range(5):
        reported(contact=f"person{number}@example.org")
    start = Barrier(3)

    def work() -> int:
        try:
            start.wait(10)
            return send_all()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        counts = [future.result() for future in [pool.submit(work) for _ in range(3)]]
    assert sum(counts) == 5
    assert sorted(mailbox.to) == [f"person{number}@example.org" for number in range(5)]


def test_a_letter_that_is_not_wanted_any_more_is_not_sent(mailbox: Mailbox) -> None:
    case = reported()
    follow()
    choose_mail(case, Mail.NONE, by=REPORTER)
    send_all()
    assert (mailbox.taken, only().state, only().body) == ([], MessageState.DROPPED, "")


def test_about_somebody_under_18_no_letter_leaves_the_desk(mailbox: Mailbox) -> None:
    case = reported()
    follow()
    freeze(case, by=REPORTER)
    send_all()
    assert mailbox.taken == []
    with pytest.raises(RefusedError, match="No e-mail"):
        choose_mail(fresh(case), Mail.LETTERS, by=REPORTER)


@pytest.mark.parametrize(("security", "first"), [("starttls", False), ("tls", True)])
def test_the_way_is_encrypted_and_the_server_must_prove_who_it_is(
    settings: LazySettings, mailbox: Mailbox, tmp_path: Path, security: str, first: bool
) -> None:
    mailbox.tls, shown = certificate(tmp_path)
    mailbox.tls_first = first
    settings.CONFIG = replace(settings.CONFIG, smtp_security=security)
    reported()
    assert send_all() == 1
    assert (only().state, only().problem, mailbox.taken) == (MessageState.WAITING, Problem.INSECURE, [])
    settings.CONFIG = replace(settings.CONFIG, smtp_ca_file=str(shown))
    with time.shifted(MINUTE):
        assert send_all() == 1
    assert mailbox.encrypted == [True]


def test_a_server_that_offers_no_encryption_gets_nothing(settings: LazySettings, mailbox: Mailbox) -> None:
    settings.CONFIG = replace(settings.CONFIG, smtp_security="starttls")
    reported()
    send_all()
    assert (only().problem, mailbox.taken) == (Problem.INSECURE, [])


def test_the_desk_logs_in_and_says_so_when_it_cannot(settings: LazySettings, mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.user = ("desk", "the password")
    file = tmp_path / "password"
    file.write_text("wrong\n")
    settings.CONFIG = replace(settings.CONFIG, smtp_user="desk", smtp_password_file=str(file))
    reported()
    send_all()
    assert only().problem == Problem.LOGIN
    file.write_text("the password\n")
    with time.shifted(MINUTE):
        assert send_all() == 1
    file.unlink()
    reported()
    send_all()
    assert (Route.objects.get().problem, len(mailbox.taken)) == (Problem.LOGIN, 1)


def test_what_staff_give_up_is_erased(mailbox: Mailbox) -> None:
    mailbox.refused = {"person@example.org"}
    case = reported()
    send_all()
    discard(only(), by=COLLEAGUE)
    assert (only().state, only().address, only().body) == (MessageState.DROPPED, "", "")
    assert log_events(f"case:{case.id}")[-1] == "case.letter.unsent"
    for operation in (discard, retry):
        with pytest.raises(RefusedError, match="meanwhile"):
            operation(only(), by=COLLEAGUE)


def test_what_was_erased_with_the_records_of_its_case_is_not_sent(mailbox: Mailbox) -> None:
    case = reported()
    follow()
    letter = only()
    letter.address = letter.subject = letter.body = ""
    letter.save()
    send_all()
    assert (mailbox.taken, only().state) == ([], MessageState.DROPPED)
    assert log_events(f"case:{case.id}")[-1] == "case.letter.unsent"


def test_without_a_mail_server_nothing_is_queued_and_later_no_flood_comes(
    settings: LazySettings, mailbox: Mailbox
) -> None:
    on = settings.CONFIG
    settings.CONFIG = replace(on, smtp_host="")
    start_following()
    assert not Follower.objects.exists()
    reported()
    assert (send_all(), Outgoing.objects.count()) == (0, 0)
    settings.CONFIG = on
    start_following()
    assert send_all() == 0
    reported()
    assert send_all() == 1


def test_what_happened_while_nothing_ran_is_sent_at_the_next_start(mailbox: Mailbox) -> None:
    reported()
    start_following()
    assert send_all() == 1


def test_an_entry_that_cannot_be_read_stops_no_other(mailbox: Mailbox) -> None:
    broken = reported()
    raw("UPDATE audit_entry SET subject = 'case:nothing' WHERE subject = %s", f"case:{broken.id}")
    reported()
    assert send_all() == 1


@only_where_rows_may_have_any_form
def test_a_letter_that_cannot_be_written_is_shown_to_staff(mailbox: Mailbox) -> None:
    case = reported()
    raw("UPDATE clocks_clock SET due_at = '0001-01-01 00:00:00' WHERE case_id = %s", case.id.hex)
    raw("UPDATE clocks_clock SET item_id = 'broken' WHERE case_id = %s", case.id.hex)
    assert send_all() == 0
    (letter,) = letters_of(case)
    assert (letter.state, letter.problem) == (MessageState.DEAD, Problem.COMPOSING)
    with pytest.raises(RefusedError):
        retry(letter, by=COLLEAGUE)


def test_of_what_is_no_letter_nothing_is_kept_after_a_month(mailbox: Mailbox) -> None:
    reported()
    send_all()
    reported()
    mailbox.refused = {"person@example.org"}
    send_all()
    Outgoing.objects.filter(state=MessageState.SENT).update(kind="test")
    Outgoing.objects.filter(state=MessageState.DEAD).update(kind="event")
    assert forget_old_messages() == 0
    with time.shifted(timedelta(days=31)):
        assert forget_old_messages() == 2


def test_a_letter_that_did_not_go_is_never_forgotten(mailbox: Mailbox) -> None:
    mailbox.refused = {"person@example.org"}
    reported()
    send_all()
    with time.shifted(timedelta(days=400)):
        assert forget_old_messages() == 0


def test_a_message_that_ended_has_no_way_on() -> None:
    assert {state for state, ways in TRANSITIONS.items() if not ways} == {MessageState.SENT, MessageState.DROPPED}


@pytest.mark.parametrize("problem", Problem)
@pytest.mark.parametrize("late", [False, True])
def test_after_a_failure_only_what_may_still_go_waits(problem: Problem, late: bool) -> None:
    now = time.now()
    found = policies.after_failure(problem, now, now - MINUTE if late else now + MINUTE)
    final = problem in {Problem.RECIPIENT, Problem.CONTENT, Problem.COMPOSING}
    assert found == (MessageState.DEAD if final or late else MessageState.WAITING)


@pytest.mark.django_db
def test_a_courier_that_read_the_clock_a_moment_earlier_takes_nothing_from_another(mailbox: Mailbox) -> None:
    reported(contact="person@example.org")
    follow()
    Outgoing.objects.update(run_after=time.now() - timedelta(hours=1))
    assert delivering._lease() is not None
    with time.shifted(timedelta(seconds=-5)):
        assert delivering._lease() is None
