"""Every address of the desk, every kind of visitor, and what becomes of them at each door."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.factories import (
    log_in,
    make_appeal,
    make_case,
    make_decision,
    make_key,
    make_outward,
    make_received,
    make_staff,
    make_stuck,
)

from argine.desk.audit.operations import sign_head
from argine.desk.banks.models import BankEntry
from argine.desk.cases.models import Case, SavedReply
from argine.desk.cases.operations import create_first_replies
from argine.desk.core.actor import SYSTEM
from argine.desk.exchange.models import Received
from argine.desk.exchange.operations import issue_key
from argine.desk.people.enums import GIVEN, Role, Scope
from argine.desk.people.models import ApiKey
from argine.desk.people.operations import invite

LOGIN, STATUS = "/console/login/", "/status/"
METHODS = ("GET", "POST")
# Tools written for HMA change and delete by methods of their own.
METHODS_OF_HMA = (*METHODS, "PUT", "DELETE")
IN, LOG_IN, CODE, NO, KEY, NOT_HERE = "in", "log in", "code", "no", "key", "-"
STRANGER, PERSON = "stranger", "person"
ACTORS = (STRANGER, PERSON, *(role.value for role in Role), *(f"key {scope.value}" for scope in Scope))


def addresses(patterns: list[URLPattern | URLResolver] | None = None, space: str = "") -> Iterator[str]:
    """The names of all addresses, those of each face behind its namespace."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name}"


def methods_of(name: str) -> tuple[str, ...]:
    """The methods that the table tells of."""
    return METHODS_OF_HMA if name.startswith("hma:") else METHODS


@dataclass
class Desk:
    """A desk with something behind each address, and one visitor of each kind."""

    arguments: dict[str, list[Any]]
    visitors: dict[str, Client]

    def url(self, name: str) -> str:
        return reverse(name, args=self.arguments.get(name, []))

    def knock(self, actor: str, name: str, method: str) -> str:
        """Knock once, and let nothing remain of it: neither in the database nor in the visitor's cookies."""
        client = self.visitors[actor]
        cookies = deepcopy(client.cookies)
        with transaction.atomic():
            found = outcome(name, client.generic(method, self.url(name)))
            transaction.set_rollback(True)
        client.cookies = cookies
        return found


def outcome(name: str, answer: HttpResponse) -> str:
    """What became of the visitor. A door that opens on an empty form, or on a thing that is not there, is open."""
    if answer.status_code in {401, 403, 405}:
        return {401: KEY, 403: NO, 405: NOT_HERE}[answer.status_code]
    place = answer.headers.get("Location", "")
    if place.startswith(f"{LOGIN}?next"):
        return LOG_IN
    if name.startswith("intake:") and (place == STATUS or _asks_for_code(answer)):
        return CODE
    assert answer.status_code < 500 or name == "health_desk", (name, answer.status_code)
    return IN


def _asks_for_code(answer: HttpResponse) -> bool:
    text = answer.content.decode(errors="replace")
    return 'id="id_code"' in text or "Open your case with its code first" in text


def person_of(case_code: str) -> Client:
    """Somebody who has opened their case with its code."""
    client = Client(raise_request_exception=False)
    client.post("/status/", {"code": case_code})
    return client


def make_desk() -> Desk:
    made = make_case(addresses=["https://a.example/1"])
    make_decision(made.case)
    sign_head()
    visitors = {STRANGER: Client(raise_request_exception=False), PERSON: person_of(made.code)}
    visitors |= {role.value: log_in(make_staff(role)) for role in Role}
    visitors |= {f"key {scope.value}": keyed(make_key([scope])) for scope in GIVEN}
    received = make_received()
    visitors[f"key {Scope.EXCHANGE.value}"] = keyed(issue_key(received.partner, by=SYSTEM))
    return Desk(_arguments(made.case) | _arguments_of_exchange(received) | _arguments_of_hma(made.case), visitors)


def keyed(key: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {key}"}, raise_request_exception=False)


OF_CASE = (
    "case", "decide", "override", "ask", "freeze", "preserve", "claim", "release", "ask_missing", "extend_order",
    "split", "misuse", "hold_records", "release_records", "copies", "sensitive", "dossier",
)  # fmt: skip


def _arguments(case: Case) -> dict[str, list[Any]]:
    """What the addresses name: things that are there, so that a refusal is one of the visitor."""
    somebody, elsewhere, stuck = make_staff().pk, make_outward().pk, make_stuck(case).pk
    decision = case.decisions.get()
    create_first_replies()
    reply = SavedReply.objects.all()[0].pk
    found: dict[str, list[Any]] = {f"console:{name}": [case.pk] for name in OF_CASE}
    found |= {f"console:outward_{name}": [elsewhere] for name in ("reminder", "follow_up", "answer")}
    found |= {f"console:outgoing_{name}": [stuck] for name in ("retry", "discard")}
    found |= {f"console:{name}": [somebody] for name in ("change_role", "set_active", "see_sensitive", "end_sessions")}
    found |= {"console:log_entry": [0], "console:log_receipt": [0]}
    found |= {f"console:{name}": [case.pk, case.addresses.get().pk] for name in ("take_copy", "look", "look_picture")}
    found |= {"mfa_edit_webauthn": [1], "mfa_remove_webauthn": [1]}
    found |= {"api:decision": [decision.pk], "api:statement": [decision.pk]}
    return found | {
        "console:merge": [case.pk, case.pk],
        "console:seen_again": [uuid4()],
        "console:decide_flood": [uuid4()],
        "console:record_page": [case.pk, uuid4()],
        "console:watch": [case.pk, uuid4()],
        "console:ask_host": [case.pk, "a.example"],
        "console:stop_watch": [uuid4()],
        "console:watch_host": [case.pk, "a.example"],
        "console:stop_host": [uuid4()],
        "console:host_change_seen": [uuid4()],
        "console:page_record": [uuid4()],
        "console:page_record_file": [uuid4()],
        "console:edit_reply": [reply],
        "console:withdraw_reply": [reply],
        "console:settings_section": ["platform"],
        "console:review_suspension": [uuid4()],
        "console:mark_region": [case.pk, BankEntry.objects.get(case_id=case.pk).pk],
        "console:outward_write": [case.pk, "a.example"],
        "console:report_file": ["transparency"],
        "console:revoke_key": [ApiKey.objects.earliest("created_at").pk],
        "console:decide_appeal": [make_appeal(decision).pk],
        "console:take_back": [uuid4()],
        "console:welcome": [invite(Role.REVIEWER, by=SYSTEM)],
        "api:appeal": [uuid4()],
    }


def _arguments_of_exchange(received: Received) -> dict[str, list[Any]]:
    partner = [received.partner_id]
    names = ("partner_key", "partner_go_on", "partner_stop", "partner_resume")
    found: dict[str, list[Any]] = {f"console:{name}": partner for name in names}
    return found | {"console:judge_partner_entry": [received.pk], "console:share_bank": ["reported"]}


def _arguments_of_hma(case: Case) -> dict[str, list[Any]]:
    """HMA names its banks, its exchanges and their kinds; the number of a content is our own."""
    bank = BankEntry.objects.filter(case_id=case.pk)[0].bank.name
    found: dict[str, list[Any]] = {f"hma:{name}": [bank] for name in ("bank", "signals", "contents")}
    found |= {f"hma:{name}": ["x"] for name in ("exchange", "exchange_api", "exchange_schema", "exchange_status")}
    return found | {"hma:content": [bank, 1], "hma:signal_type": ["pdq"]}
