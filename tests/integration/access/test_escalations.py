"""What people try in order to get at what is not theirs. Each is refused, and changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as desk_settings
from django.core.signing import b62_encode, get_cookie_signer
from django.http import HttpResponse
from django.test import Client
from tests.factories import (
    PASSWORD,
    decision_draft,
    log_in,
    make_appeal,
    make_case,
    make_key,
    make_staff,
    row_counts,
)
from tests.integration.access.doors import keyed, person_of

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.cases.enums import Outcome
from argine.desk.cases.operations import Submission, decide
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, staff
from argine.desk.intake.access import CASE_COOKIE, IDLE_S, SENT_COOKIE, new_opening
from argine.desk.people.enums import Role, Scope
from argine.desk.people.models import ApiKey, Staff
from argine.desk.people.operations import invite, revoke_key, set_active

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """One's own case and somebody else's, one member of staff of each role, one key of each scope."""

    mine: Submission
    theirs: Submission
    staff: dict[Role, Staff]
    settings: Any

    def by(self, role: Role) -> Client:
        return log_in(self.staff[role])

    @property
    def person(self) -> Client:
        return person_of(self.mine.code)

    def case(self, rest: str = "") -> str:
        return f"/console/cases/{self.theirs.case.pk}{rest}"

    def someone(self, rest: str) -> str:
        return f"/console/people/{self.staff[Role.REVIEWER].pk}/{rest}"


@pytest.fixture
def world(default_banks: None, settings: Any) -> World:
    people = {role: make_staff(role) for role in Role}
    make_staff(Role.OPERATOR)
    make_key()
    return World(make_case(), make_case(statement="Only theirs."), people, settings)


def cookie(client: Client, name: str, value: str, salt: str = "") -> Client:
    """Put a cookie that is signed as the desk signs, or not at all."""
    client.cookies[name] = get_cookie_signer(salt=salt).sign(value) if salt else value
    return client


def bearer(scope: Scope) -> Client:
    return keyed(make_key([scope]))


DECISION = {"outcome": "remove", "ground": "intimate_without_consent", "basis": "statement", "reasons": "x"}
ACTION = {"decision": "00000000-0000-4000-8000-000000000000", "measure": "removed"}
Try = Callable[[World], HttpResponse]
J = "application/json"

# By role: the address is known, the request well-formed; only the right is missing.
BY_ROLE: dict[str, Try] = {
    "a reviewer replaces a decision": lambda w: w.by(Role.REVIEWER).post(w.case("/override"), DECISION),
    "a reviewer makes an operator": lambda w: w.by(Role.REVIEWER).post("/console/people/invite", {"role": "operator"}),
    "a supervisor makes an operator": lambda w: w.by(Role.SUPERVISOR).post(
        "/console/people/invite", {"role": "operator"}
    ),
    "a reviewer gives themselves a role": lambda w: w.by(Role.REVIEWER).post(w.someone("role"), {"role": "operator"}),
    "a supervisor gives somebody a role": lambda w: w.by(Role.SUPERVISOR).post(w.someone("role"), {"role": "operator"}),
    "a supervisor puts somebody out": lambda w: w.by(Role.SUPERVISOR).post(w.someone("active"), {"active": "no"}),
    "a supervisor makes a key": lambda w: w.by(Role.SUPERVISOR).post(
        "/console/keys/new", {"name": "x", "scopes": "check"}
    ),
    "a reviewer revokes a key": lambda w: w.by(Role.REVIEWER).post(f"/console/keys/{ApiKey.objects.first().pk}/revoke"),
    "a reviewer reads the log": lambda w: w.by(Role.REVIEWER).get("/console/log/0"),
    "a reviewer takes a proof out of the log": lambda w: w.by(Role.REVIEWER).get("/console/log/0/receipt.json"),
    "a reviewer holds records for ever": lambda w: w.by(Role.REVIEWER).post(w.case("/hold-records"), {"reason": "x"}),
    "a reviewer takes all reports": lambda w: w.by(Role.REVIEWER).get("/console/reports/requests?start=2026-01-01"),
    "a reviewer sees what goes out to whom": lambda w: w.by(Role.REVIEWER).get("/console/outgoing"),
}

# By key: of another scope, revoked, or shown where keys do not count.
BY_KEY: dict[str, Try] = {
    "a key for checks reads decisions": lambda w: bearer(Scope.CHECK).get("/api/v1/decisions"),
    "a key for checks says that something was removed": lambda w: bearer(Scope.CHECK).post(
        "/api/v1/actions", ACTION, J
    ),
    "a key for decisions checks uploads": lambda w: bearer(Scope.DECISIONS).post("/api/v1/check", {"signals": []}, J),
    "a key for actions appeals": lambda w: bearer(Scope.ACTIONS).post("/api/v1/appeals", {}, J),
    "a key asks for a scope in its request": lambda w: bearer(Scope.CHECK).get("/api/v1/decisions?scope=decisions"),
    "a key opens the console": lambda w: bearer(Scope.DECISIONS).get(w.case()),
    "a key in the address": lambda w: Client().get(f"/api/v1/decisions?key={make_key()}"),
    "a key in a cookie": lambda w: cookie(Client(), "Authorization", f"Bearer {make_key()}").get("/api/v1/decisions"),
    "a key in upper case": lambda w: keyed(make_key().upper()).get("/api/v1/decisions"),
    "a key cut short": lambda w: keyed(make_key()[:-1]).get("/api/v1/decisions"),
    "a key that was revoked": lambda w: _revoked().get("/api/v1/decisions"),
    "staff on the platform's side": lambda w: w.by(Role.OPERATOR).get("/api/v1/decisions"),
}

# By cookie and case code: somebody else's case, or the console.
BY_COOKIE: dict[str, Try] = {
    "a person opens the console": lambda w: w.person.get(w.case()),
    "a case cookie that nobody signed": lambda w: cookie(Client(), CASE_COOKIE, new_opening(w.theirs.case).text()).get(
        "/receipt.json"
    ),
    "a case cookie signed for something else": lambda w: cookie(
        Client(), CASE_COOKIE, new_opening(w.theirs.case).text(), salt=SENT_COOKIE
    ).get("/receipt.json"),
    "a case cookie that ran out": lambda w: _late(w).get("/receipt.json"),
    "somebody else's case named in the address": lambda w: Client().get(f"/receipt.json?case={w.theirs.case.pk}"),
    "a case number in place of the code": lambda w: Client().post("/status/", {"code": str(w.theirs.case.number)}),
    "a link that was used": lambda w: _used_link().post("/console/welcome/" + USED[-1], JOINING),
    "a link that is too old": lambda w: _old_link(),
    "a session of somebody who was put out": lambda w: _put_out(w).get(w.case()),
    "a session without the second factor": lambda w: _no_factor(w).get(w.case()),
}

# By the shape of the request.
BY_SHAPE: dict[str, Try] = {
    "a form from another page": lambda w: _strict(w).post(w.case("/decide"), DECISION),
    "another method in a header": lambda w: w.by(Role.REVIEWER).get(
        w.case("/override"), headers={"X-HTTP-Method-Override": "POST"}
    ),
    "another address in a header": lambda w: Client().get(
        "/", headers={"X-Original-URL": "/console/log", "X-Rewrite-URL": "/console/log"}
    ),
    "another host": lambda w: Client().get("/console/", headers={"Host": "evil.example"}),
    "a path that climbs": lambda w: Client().get("/safety/../console/log"),
    "a path in capitals": lambda w: Client().get("/CONSOLE/log"),
    "a path with two slashes": lambda w: Client().get("//console/log"),
    "a path in percent signs": lambda w: Client().get("/%63onsole/log"),
}
USED: list[str] = []
JOINING = {"email": "new@desk.example", "name": "New", "password": PASSWORD, "role": "operator"}


def _revoked() -> Client:
    key = make_key()
    revoke_key(ApiKey.objects.latest("created_at"), by=SYSTEM)
    return keyed(key)


def _late(world: World) -> Client:
    """The cookie of an hour ago: signed well, and too old."""
    signer = get_cookie_signer(salt=CASE_COOKIE)
    signer.timestamp = lambda: b62_encode(int(time.now().timestamp()) - IDLE_S - 60)  # type: ignore[method-assign]
    client = Client()
    client.cookies[CASE_COOKIE] = signer.sign(new_opening(world.theirs.case).text())
    return client


def _used_link() -> Client:
    USED.append(invite(Role.REVIEWER, by=SYSTEM))
    Client().post(f"/console/welcome/{USED[-1]}", {**JOINING, "email": f"u{len(USED)}@desk.example"})
    return Client()


def _old_link() -> HttpResponse:
    token = invite(Role.OPERATOR, by=SYSTEM)
    with time.shifted(timedelta(hours=49)):
        return Client().post(f"/console/welcome/{token}", JOINING)


def _put_out(world: World) -> Client:
    client = world.by(Role.SUPERVISOR)
    set_active(world.staff[Role.SUPERVISOR], active=False, by=SYSTEM)
    return client


def _no_factor(world: World) -> Client:
    world.settings.CONFIG = replace(desk_settings.CONFIG, require_mfa="always")
    return world.by(Role.SUPERVISOR)


def _strict(world: World) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.staff[Role.REVIEWER], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


TRIES = BY_ROLE | BY_KEY | BY_COOKIE | BY_SHAPE
REFUSALS = {302, 400, 401, 403, 404, 405, 422}


def test_there_are_as_many_as_were_promised() -> None:
    assert len(TRIES) >= 30


@pytest.mark.parametrize("name", TRIES)
def test_it_is_refused_and_changes_nothing(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[HttpResponse] = []
    counted: list[dict[str, int]] = []

    def noted(self: Client, **request: Any) -> HttpResponse:
        before = _counts()
        answer = original(self, **request)
        counted.append(before)
        answers.append(answer)
        return answer

    original = Client.request
    monkeypatch.setattr(Client, "request", noted)
    answer = TRIES[name](world)
    assert _counts() == counted[-1]
    assert answer.status_code in REFUSALS or _is_the_public_page(answer), (answer.status_code, answer.content[:200])
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith(("/console/login/", "/console/account")), answer.headers
    assert b"Only theirs." not in answer.content


def _counts() -> dict[str, int]:
    """What must stay: all but the count of tries, and the log's entries of refusals."""
    told = Entry.objects.exclude(event__in=(Event.STAFF_REFUSED, Event.KEY_REFUSED)).count()
    others = {name: count for name, count in row_counts().items() if name not in {"Bucket", "Entry", "Node"}}
    return others | {"Entry": told}


def _is_the_public_page(answer: HttpResponse) -> bool:
    """The header is not heard: what was asked for is shown, which is the public page."""
    return answer.status_code == 200 and b"argine_staff" not in answer.content and b"/report/" in answer.content


# What the forms do not say, however it is said.


def test_a_role_that_is_sent_along_with_a_link_is_not_taken(world: World) -> None:
    token = invite(Role.REVIEWER, by=SYSTEM)
    Client().post(f"/console/welcome/{token}", {**JOINING, "is_superuser": "on"})
    assert Staff.objects.get(email="new@desk.example").role == Role.REVIEWER


def test_somebody_elses_case_that_is_sent_along_stays_untouched(world: World) -> None:
    entries = Entry.objects.count()
    world.person.post("/status/message/", {"text": "Mine.", "case": str(world.theirs.case.pk), "id": "1"})
    new = Entry.objects.filter(index__gte=entries)
    assert {entry.subject for entry in new} == {f"case:{world.mine.case.pk}"}


def test_who_decided_does_not_decide_the_appeal(world: World) -> None:
    reviewer = world.staff[Role.REVIEWER]
    client = log_in(reviewer)
    decision = decide(world.theirs.case, decision_draft(Outcome.KEEP), by=staff(reviewer.pk))
    appeal = make_appeal(decision)
    answer = client.post(
        f"/console/appeals/{appeal.pk}/decide",
        {"finding": "keep:not_intimate", "basis": "statement", "reasons": "I was right."},
    )
    assert answer.status_code in {403, 409, 422}
    appeal.refresh_from_db()
    assert appeal.decided_at is None


def test_the_last_operator_cannot_be_taken_away(world: World) -> None:
    for person in Staff.objects.filter(role=Role.OPERATOR).exclude(pk=world.staff[Role.OPERATOR].pk):
        set_active(person, active=False, by=SYSTEM)
    me = world.staff[Role.OPERATOR]
    assert world.by(Role.OPERATOR).post(f"/console/people/{me.pk}/role", {"role": "reviewer"}).status_code in {302, 409}
    me.refresh_from_db()
    assert me.role == Role.OPERATOR


@pytest.mark.parametrize("place", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"])
def test_nobody_is_sent_elsewhere_after_the_log_in_or_a_choice_of_language(world: World, place: str) -> None:
    chosen = Client().post("/language", {"language": "it", "next": place})
    assert chosen.headers["Location"] == "/"
    person = world.staff[Role.REVIEWER]
    answer = Client().post("/console/login/", {"login": person.email, "password": PASSWORD, "next": place})
    assert "evil" not in answer.headers.get("Location", "")
    assert "javascript" not in answer.headers.get("Location", "")
