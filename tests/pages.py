"""Every page of the desk, each in every state that it has: for what must hold on all of them."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user as user_of
from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from tests.factories import (
    PASSWORD,
    give_app,
    make_case_in,
    make_host_record,
    make_host_watch,
    make_key,
    make_order,
    make_outward,
    make_page_record,
    make_received,
    make_sighting,
    make_staff,
    make_stuck,
    make_watch,
    report_form,
)
from tests.passkey import credential

from argine.desk.banks.models import BankEntry
from argine.desk.banks.operations import create_default_banks
from argine.desk.banks.queries import entries_of_case, signal_of
from argine.desk.cases.drafts import LINES, UNSEEN
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Case, SavedReply
from argine.desk.cases.operations import add_information, create_first_replies
from argine.desk.configuration.enums import Section
from argine.desk.core.actor import REPORTER, SYSTEM
from argine.desk.exchange.models import Partner, Received
from argine.desk.exchange.operations import agree
from argine.desk.intake import access
from argine.desk.notify.enums import Problem
from argine.desk.notify.models import Route
from argine.desk.people.enums import Role
from argine.desk.people.models import Staff
from argine.desk.people.operations import invite
from argine.desk.people.queries import open_invitations

Page = tuple[str, Any]
MISSING = "⟦%s⟧"
COPIES: dict[str, Any] = {
    "copy_place": "http://store.example/{id}",
    "copy_pages": "https://site.example/{id}",
    "preview": True,
}
TEXTS = ("statement", "where_hint", "contact", "contact_note", "signature")
STILL = ("/", "/report/", "/report/?have=picture", "/report/?have=address", "/report/under-18/", "/status/", "/help/",
         "/safety/", "/privacy/", "/about/", "/nothing-here", "/receipt/")  # fmt: skip
CONSOLE_STILL = (
    "",
    "?state=closed",
    "dashboard",
    "dashboard?from=2026-01-01&to=2026-12-31&law=us-tida-s3",
    "dashboard?from=2026-02-30&to=x",
    "outgoing",
    "reports",
    "reports?from=2026-01-01&to=2026-12-31",
    "reports?from=2026-02-30&to=x",
    "banks",
    "records",
    "log",
    "log?case=1",
    "log/0",
    "people",
    "keys",
    "nothing",
    "log/99999",
)


def visitor(language: str) -> Client:
    return Client(headers={"Accept-Language": language}, raise_request_exception=False)


def with_case(case: Case, language: str) -> Client:
    """The browser of the person who reported: the case is open in it."""
    client = visitor(language)
    client.cookies[access.CASE_COOKIE] = signed(access.CASE_COOKIE, access.new_opening(case).text())
    return client


def signed(name: str, value: str) -> str:
    return signing.get_cookie_signer(salt=name + name).sign(value)


def case_in(state: CaseState, text: str) -> Case:
    """A case with everything that its page can show, every text of a person being this one."""
    line = UNSEEN.sub("", text)  # refused in lines and addresses
    texts = {**dict.fromkeys(TEXTS, text), **dict.fromkeys(LINES, line)}
    case = make_case_in(state, **texts, addresses=[f"https://site.example/{line}"[:1900]])
    for entry in entries_of_case(case.pk):
        make_sighting([signal_of(row) for row in entry.signals.all()], text[:200], f"https://site.example/{text}"[:900])
    if state == CaseState.RECEIVED:
        add_information(case, text, by=REPORTER)
    return case


def intake_pages(language: str, text: str) -> Iterator[Page]:
    client = visitor(language)
    for path in STILL:
        yield path, client.get(path)
    form = report_form(**dict.fromkeys(TEXTS, text))
    yield "report, with faults", client.post("/report/", {**form, "capacity": "", "addresses": text, "signature": ""})
    yield "report, empty", client.post("/report/", {})
    yield "sent", client.post("/report/", form)
    yield "sent before", client.post("/report/", form)
    yield "sent, incomplete", visitor(language).post("/report/", report_form(contact=""))
    yield "wrong code", client.post("/status/", {"code": text[:200]})
    yield "a file", client.post("/report/", {**form, "file": SimpleUploadedFile("a.jpg", b"x")})
    yield (
        "no CSRF token",
        Client(enforce_csrf_checks=True, headers={"Accept-Language": language}).post("/report/", form),
    )
    for state in CaseState:
        person = with_case(case_in(state, text), language)
        yield f"status, {state}", person.get("/status/")
        yield f"receipt, {state}", person.get("/receipt/")
        yield f"message, {state}", person.post("/status/message/", {"text": ""})
        yield f"withdraw unsure, {state}", person.post("/status/withdraw/", {})
        yield f"no mail chosen, {state}", person.post("/status/mail/", {"mail": text})
        yield f"nothing added, {state}", person.post("/status/add/", {"contact": ""})
        yield f"no time told, {state}", person.post("/status/referral/", {"regime": "it-144bis", "moment": text})
    for _ in range(25):
        answer = client.post("/status/", {"code": "wrong"})
    yield "too often", answer


def log_in_for_real(role: Role, language: str, name: str = "") -> Client:
    person = make_staff(role)
    if name:
        person.name = name[:80]
        person.save()
    client = visitor(language)
    client.post("/console/login/", {"login": person.email, "password": PASSWORD})
    return client


def console_pages(language: str, text: str) -> Iterator[Page]:
    stranger, client = visitor(language), log_in_for_real(Role.OPERATOR, language, text)
    token = invite(Role.REVIEWER, by=SYSTEM)
    yield "log-in", stranger.get("/console/login/")
    yield "log-in, wrong", stranger.post("/console/login/", {"login": text[:80], "password": "wrong"})
    yield "inactive", stranger.get("/console/inactive")
    yield "welcome", stranger.get(f"/console/welcome/{token}")
    yield (
        "welcome, wrong",
        stranger.post(f"/console/welcome/{token}", {"name": text[:80], "email": text, "password": "x"}),
    )
    yield "welcome, no such link", stranger.get("/console/welcome/x")
    yield "empty queue", client.get("/console/")
    for state in CaseState:
        case = case_in(state, text)
        yield f"case, {state}", client.get(f"/console/cases/{case.pk}")
    yield from deciding_pages(client, text)
    yield from order_pages(client, text)
    yield from own_copy_pages(client)
    yield "not for reviewers", log_in_for_real(Role.REVIEWER, language).get("/console/keys")
    yield from outward_pages(client, text)
    yield from evidence_pages(client, text)
    make_stuck(case)
    make_stuck(case, Problem.LOST)
    ways = {"problem": Problem.LOGIN, "failed_at": case.opened_at, "paused_until": case.opened_at}
    Route.objects.create(name="mail", failures=3, **ways)
    for path in CONSOLE_STILL:
        yield f"console/{path}", client.get(f"/console/{path}")
    yield "everything checked", client.post("/console/log/verify")
    yield "invited", client.post("/console/people/invite", {"role": "reviewer"})
    assert open_invitations()
    yield from settings_pages(client, text)
    yield "key made", client.post("/console/keys/new", {"name": text[:80], "scopes": ["check"]})
    yield "key with faults", client.post("/console/keys/new", {"name": text})
    make_key()
    yield from exchange_pages(client, language, text)
    yield from account_pages(client)


def own_copy_pages(client: Client) -> Iterator[Page]:
    case = make_case_in(CaseState.RECEIVED, addresses=["https://site.example/a"])
    look = f"/console/cases/{case.pk}/copy/{case.addresses.get().pk}/look"
    with override_settings(CONFIG=replace(settings.CONFIG, **COPIES)):
        yield "address with a copy", client.get(f"/console/cases/{case.pk}")
        yield "look, asked", client.get(look)
        yield "look, shown", client.post(look)
        with override_settings(CONFIG=replace(settings.CONFIG, preview=False)):
            yield "look, off", client.post(look)


def exchange_pages(client: Client, language: str, text: str) -> Iterator[Page]:
    yield "exchange, empty", client.get("/console/exchange")
    yield "exchange, with faults", client.post("/console/exchange/add", {"name": text, "slug": text, "url": text})
    name = "".join(filter(str.isprintable, text))[:80]
    made = {"name": name, "slug": "partner", "shape": "argine"}
    client.post("/console/exchange/add", made)
    yield "exchange, key", client.post(f"/console/exchange/partners/{Partner.objects.get(slug='partner').pk}/key")
    client.post("/console/exchange/banks/reported", {"share": "yes"})
    make_received(name)
    yield "exchange", client.get("/console/exchange")
    partner = Received.objects.earliest("at").partner_id
    yield "exchange, end?", client.post(f"/console/exchange/partners/{partner}/stop")
    yield (
        "exchange, ended",
        client.post(f"/console/exchange/partners/{partner}/stop", {"confirmed": "yes"}, follow=True),
    )
    case = case_in(CaseState.REMOVED, text)
    agree(case.pk, by=REPORTER)
    yield "status, shared", with_case(case, language).get("/status/")
    yield "report, with sharing", visitor(language).get("/report/")


def settings_pages(client: Client, text: str) -> Iterator[Page]:
    for path in ("health", "settings", *(f"settings/{section}" for section in Section), "settings/nothing"):
        yield f"console/{path}", client.get(f"/console/{path}")
    for path in ("replies", "replies/new", f"replies/{SavedReply.objects.all()[0].pk}"):
        yield f"console/{path[:9]}{len(path)}", client.get(f"/console/{path}")
    faulty = {"title": text[:80], "use": "reasons", "text_en": "{name}", "text_it": text}
    yield "reply, with faults", client.post("/console/replies/new", faulty)
    yield "settings, with faults", client.post("/console/settings/platform", {"platform_name": "", "exit_url": text})
    yield "settings of laws, with faults", client.post("/console/settings/law", {"regimes": ["kr-tba-22-5", text]})


def outward_pages(client: Client, text: str) -> Iterator[Page]:
    sent = make_outward()
    yield "outward, write", client.get(f"/console/cases/{sent.case_id}/outward/a.example?law=uk-osa-10-3a")
    faults = client.post(f"/console/cases/{sent.case_id}/outward/a.example", {"law": "x", "sent_at": text})
    yield "outward, with faults", faults
    yield "outward, reminder", client.get(f"/console/outward/{sent.pk}/reminder")
    yield "outward, case", client.get(f"/console/cases/{sent.case_id}")
    yield "outward", client.get("/console/outward")


def evidence_pages(client: Client, text: str) -> Iterator[Page]:
    case = case_in(CaseState.REMOVED, text)
    record = make_page_record(case)
    make_watch(case)
    make_host_record(case)
    make_host_watch(case)
    with override_settings(CONFIG=replace(settings.CONFIG, evidence_hosts=("*",), domain_lookups=True)):
        yield "record of a page, case", client.get(f"/console/cases/{case.pk}")
    yield "record of a page", client.get(f"/console/pages/{record.pk}")


def deciding_pages(client: Client, text: str) -> Iterator[Page]:
    case = case_in(CaseState.RECEIVED, text)
    url, reasons = f"/console/cases/{case.pk}", text[:500]
    covers = [str(entry.pk) for entry in BankEntry.objects.filter(case_id=case.pk)]
    form = {"ground": "intimate_without_consent", "basis": "address", "reasons": reasons, "covers": covers}
    yield "decision with faults", client.post(f"{url}/decide", {"reasons": reasons})
    yield "removal, once more", client.post(f"{url}/decide", form)
    yield "shown to few, once more", client.post(f"{url}/sensitive", {"sensitive": "yes"})
    yield "question with faults", client.post(f"{url}/ask", {"text": ""})
    client.post(f"{url}/decide", {**form, "confirmed": "yes"})
    yield "stop, once more", client.post(f"{url}/freeze", {})
    yield "same content, once more", client.post(f"{url}/merge/{case_in(CaseState.RECEIVED, text).pk}", {})
    yield "decided twice", client.post(f"{url}/decide", {**form, "confirmed": "yes"})
    yield "override, once more", client.post(f"{url}/override", {**form, "ground": "not_intimate"})
    yield "asked too late", client.post(f"{url}/ask", {"text": text})
    yield "decided", client.get(url)
    yield "no copies", client.get(f"{url}/copies")
    yield "no copies ticked", client.post(f"{url}/copies", {})


def order_pages(client: Client, text: str) -> Iterator[Page]:
    yield "order, empty", client.get("/console/orders/new")
    yield "order, with faults", client.post("/console/orders/new", {"authority": text, "signals": text})
    line = UNSEEN.sub("", text)[:400]
    case = make_order(authority=line, reference=line, legal_basis=line).case
    yield "order", client.get(f"/console/cases/{case.pk}")
    yield "order, more time with faults", client.post(f"/console/cases/{case.pk}/extend", {"until": text})


def account_pages(client: Client) -> Iterator[Page]:
    for path in ("account", "account/password", "account/app/add", "account/codes", "account/codes/new",
                 "account/passkeys/add", "confirm/password", "logout", "login/second-factor"):  # fmt: skip
        yield f"console/{path}", client.get(f"/console/{path}", follow=True)
    yield "console/account/password, wrong", client.post("/console/account/password", {"oldpassword": "x"})
    yield "console/account/app/add, wrong", client.post("/console/account/app/add", {"code": "1"})


def factor_pages(language: str, text: str) -> Iterator[Page]:
    """What somebody sees whose account has an app and a passkey."""
    client = log_in_for_real(Role.REVIEWER, language, text)
    person = user_of(client)  # type: ignore[arg-type]  # the test client has a session too
    give_app(person)
    passkey = Authenticator.objects.create(
        user=person, type="webauthn", data={"name": text[:80], "credential": credential()}
    )
    for path in ("account/app/remove", "confirm/code", "confirm/passkey", f"account/passkeys/{passkey.pk}/name",
                 f"account/passkeys/{passkey.pk}/remove"):  # fmt: skip
        yield f"console/{path.replace(str(passkey.pk), 'n')}", client.get(f"/console/{path}", follow=True)
    yield "second factor", log_in_with(visitor(language), person)
    Authenticator.objects.exclude(pk=passkey.pk).delete()
    with override_settings(CONFIG=replace(settings.CONFIG, require_mfa="always")):
        yield "the last passkey", client.get(f"/console/account/passkeys/{passkey.pk}/remove")
    Staff.objects.filter(pk=person.pk).update(must_change_password=True)
    yield "a password made by others", client.get("/console/account", follow=True)


def log_in_with(client: Client, person: AbstractBaseUser) -> Any:
    words = {"login": person.get_username(), "password": PASSWORD}
    return client.post("/console/login/", words, follow=True)


def every_page(language: str = "en", text: str = "A text of a person") -> dict[str, Any]:
    """Visit every page once; a variable that a template asks for in vain is marked in what comes back.

    Tests that read them are of one group (`pages`), so that they are made in one process alone.
    """
    return _every_page(language, text)


@cache
def _every_page(language: str, text: str) -> dict[str, Any]:
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["string_if_invalid"] = MISSING
    create_default_banks()
    create_first_replies()
    mail = replace(settings.CONFIG, smtp_host="mail.example", mail_from="noreply@desk.example", desk_kind="helpline")
    with override_settings(TEMPLATES=templates, CONFIG=mail):
        return dict([*intake_pages(language, text), *console_pages(language, text), *factor_pages(language, text)])


def html_pages(language: str = "en", text: str = "A text of a person") -> dict[str, str]:
    return {
        name: answer.content.decode()
        for name, answer in every_page(language, text).items()
        if answer.headers.get("Content-Type", "").startswith("text/html") and answer.content
    }
