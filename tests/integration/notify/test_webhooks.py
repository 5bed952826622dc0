"""Events to the platform's software: signed, without personal data, guarded, at least once and known by their ids."""

import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import LazySettings
from django.db import transaction
from django.test import Client
from http_message_signatures import HTTPMessageSignaturesException, HTTPMessageVerifier, MappingKeyResolver, algorithms
from tests.factories import (
    COLLEAGUE,
    fresh,
    make_appeal,
    make_case,
    make_decision,
    make_key,
    make_sighting,
    random_signals,
    staff_client,
)
from tests.integration.notify.conftest import send_all
from tests.smtp_server import certificate

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.banks.operations import REMOVED, add_entry, undo_entry
from argine.desk.cases.drafts import VerdictDraft
from argine.desk.cases.enums import Basis, CaseState, Ground, Outcome
from argine.desk.cases.operations import decide_appeal, freeze, warn_of_clocks, withdraw
from argine.desk.clocks.operations import tick
from argine.desk.config_reading import read
from argine.desk.config_rules import ConfigError
from argine.desk.core import keys, time
from argine.desk.core.actor import REPORTER, SYSTEM
from argine.desk.notify import operations, outside, policies, webhooks
from argine.desk.notify.enums import MessageState, Problem
from argine.desk.notify.errors import NotTakenError
from argine.desk.notify.models import Outgoing, Route
from argine.desk.notify.operations import deliver as delivering
from argine.desk.notify.operations import deliver_next, follow, start_following
from argine.desk.people.enums import Role, Scope

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@dataclass
class Platform:
    """The platform's software: what came, and how it is to answer."""

    url: str = ""
    status: int = 204
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    def types(self) -> list[str]:
        return [event["type"] for event in self.events()]


@pytest.fixture
def platform_software(settings: LazySettings, db: None) -> Iterator[Platform]:
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            platform.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            platform.headers.append(dict(self.headers))
            self.send_response(platform.status)
            self.send_header("Location", f"{platform.url}?again")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        platform.url = f"http://localhost:{server.server_port}/hook?token=a%20b"
        settings.CONFIG = replace(
            settings.CONFIG, webhooks=(platform.url,), webhook_private=True, base_url="http://127.0.0.1:8000"
        )
        start_following()
        yield platform
        server.shutdown()
        thread.join()


def test_the_story_of_a_case_is_told_event_by_event(platform_software: Platform) -> None:
    case = make_case(addresses=["https://a.example/1"]).case
    decision = make_decision(case)
    verdict = VerdictDraft(Basis.STATEMENT, "Looked at again.", Ground.CONSENT_SHOWN)
    decide_appeal(make_appeal(decision), verdict, by=COLLEAGUE)
    withdraw(fresh(case), by=REPORTER)
    send_all()
    assert platform_software.types() == [
        *("decision.made", "action.wanted", "decision.made", "action.wanted", "notice.withdrawn")
    ]
    first, second, third, fourth, _ = platform_software.events()
    assert (first["decision"], first["outcome"]) == (str(decision.id), "remove")
    assert (second["wanted"], third["outcome"], fourth["wanted"]) == ("remove", "keep", "restore")
    assert {event["case_number"] for event in platform_software.events()} == {case.number}
    assert len({event["id"] for event in platform_software.events()}) == 5


def test_a_bank_entry_that_was_wrong_is_told_so_that_what_it_stopped_is_put_back(
    platform_software: Platform, default_banks: None
) -> None:
    signals = random_signals()
    entry = add_entry(REMOVED, signals, origin="test", by=SYSTEM)
    for number in range(3):
        make_sighting(signals, f"post-{number}")
    assert undo_entry(entry, by=SYSTEM) == 3
    send_all()
    send_all()
    (event,) = platform_software.events()
    assert (event["type"], event["entry"], event["uploads"]) == ("restoration.wanted", str(entry.id), 3)
    assert "case" not in event
    assert "post-" not in json.dumps(event)
    key = make_key([Scope.DECISIONS])
    answer = Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/restorations").json()
    assert [row["entry"] for row in answer["restorations"]] == [event["entry"]]
    assert len(answer["restorations"][0]["copies"]) == 3


def test_what_is_there_again_is_wanted_once_more(platform_software: Platform) -> None:
    decision = make_decision(make_case().case)
    send_all()
    platform_software.bodies.clear()
    with transaction.atomic():
        moved = {"from": CaseState.REMOVED.value, "to": CaseState.REMOVAL.value}
        append(Event.CASE_MOVED, f"case:{decision.case_id}", by=SYSTEM, data=dict(moved))
    send_all()
    (event,) = platform_software.events()
    assert (event["type"], event["wanted"], event["decision"]) == ("action.wanted", "remove", str(decision.id))


def test_a_refusal_wants_nothing_done(platform_software: Platform) -> None:
    make_decision(make_case().case, Outcome.KEEP)
    send_all()
    assert platform_software.types() == ["decision.made"]


def test_clocks_that_warn_or_were_missed_are_told(settings: LazySettings, platform_software: Platform) -> None:
    settings.CONFIG = replace(settings.CONFIG, regimes=("us-tida-s3",))
    make_case()
    with time.shifted(timedelta(hours=25)):
        warn_of_clocks()
        send_all()
    with time.shifted(timedelta(hours=49)):
        tick()
        send_all()
    warned, missed = platform_software.events()
    assert (warned["type"], warned["law"], warned["percent"]) == ("clock.warned", "us-tida-s3", 50)
    assert (missed["type"], missed["due_at"]) == ("clock.missed", warned["due_at"])


def test_no_event_holds_what_a_person_wrote(platform_software: Platform) -> None:
    words = dict.fromkeys(("statement", "where_hint", "contact", "contact_note", "signature"), "zqmark")
    case = make_case(**words, addresses=["https://a.example/zqmark"]).case
    make_decision(case, reasons="zqmark")
    freeze(fresh(case), by=REPORTER)
    send_all()
    assert platform_software.types()[-1] == "case.stopped"
    assert b"zqmark" not in b"".join(platform_software.bodies).lower()
    allowed = {"id", "type", "at", "case", "case_number", "decision", "outcome", "wanted", "law", "percent", "due_at"}
    assert set().union(*platform_software.events()) <= allowed


class Incoming:
    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.method, self.url, self.headers = "POST", url, headers


def check(url: str, headers: dict[str, str], body: bytes) -> None:
    told = Client().get("/api/v1/webhook-key").json()
    key = Ed25519PublicKey.from_public_bytes(b64decode(told["public_key"]))
    resolver = MappingKeyResolver(public_keys={told["keyid"]: key}, private_keys={})
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
    verifier.verify(Incoming(url, headers), expect_tag=webhooks.TAG, require_components=webhooks.COVERED, body=body)


def test_the_signature_covers_where_what_and_when(platform_software: Platform) -> None:
    make_decision(make_case().case, Outcome.KEEP)
    send_all()
    (body,), (headers,) = platform_software.bodies, platform_software.headers
    check(platform_software.url, headers, body)
    signed = headers["Signature-Input"]
    for url, changed, sent in (
        (platform_software.url + "1", headers, body),
        (platform_software.url, headers, body + b" "),
        (platform_software.url, {**headers, "Content-Type": "text/plain"}, body),
        (
            platform_software.url,
            {**headers, "Signature-Input": signed.replace("nonce=", "nonc=")},
            body,
        ),
        (platform_software.url, {name: value for name, value in headers.items() if name != "Signature"}, body),
    ):
        with pytest.raises(HTTPMessageSignaturesException):
            check(url, changed, sent)


def test_each_try_is_signed_anew_under_the_same_id(platform_software: Platform) -> None:
    platform_software.status = 503
    make_decision(make_case().case, Outcome.KEEP)
    send_all()
    platform_software.status = 200
    with time.shifted(MINUTE):
        send_all()
    first, second = platform_software.headers
    assert first["Signature"] != second["Signature"]
    assert platform_software.bodies[0] == platform_software.bodies[1]


@pytest.mark.parametrize(
    ("status", "problem"),
    [(503, Problem.LATER), (429, Problem.LATER), (401, Problem.NO), (404, Problem.NO), (302, Problem.REDIRECTED),
     (308, Problem.REDIRECTED)],
)  # fmt: skip
def test_any_other_answer_is_tried_again_and_a_redirect_is_not_followed(
    platform_software: Platform, status: int, problem: Problem
) -> None:
    platform_software.status = status
    make_decision(make_case().case, Outcome.KEEP)
    assert send_all() == 1
    message = Outgoing.objects.get()
    assert (message.state, message.problem, len(platform_software.bodies)) == (MessageState.WAITING, problem, 1)
    platform_software.status = 204
    with time.shifted(MINUTE):
        assert send_all() == 1
    assert Outgoing.objects.get().state == MessageState.SENT
    assert Outgoing.objects.get().address == ""


def test_one_address_that_is_down_holds_up_no_other(settings: LazySettings, platform_software: Platform) -> None:
    settings.CONFIG = replace(settings.CONFIG, webhooks=("http://localhost:9/x", platform_software.url))
    for _ in range(3):
        make_decision(make_case().case, Outcome.KEEP)
    send_all()
    assert len(platform_software.bodies) == 3
    assert Outgoing.objects.filter(state=MessageState.WAITING).count() == 3
    assert Route.objects.exclude(problem="").get().problem == Problem.UNREACHABLE


def test_what_may_have_arrived_is_sent_again_since_its_id_tells(
    platform_software: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_decision(make_case().case, Outcome.KEEP)
    follow()

    def killed(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(delivering.queue, "end", killed)
        with pytest.raises(KeyboardInterrupt):
            deliver_next()
    with time.shifted(delivering.LEASE + MINUTE):
        assert send_all() == 1
    assert platform_software.bodies[0] == platform_software.bodies[1]


def test_after_five_days_an_event_is_shown_to_staff(platform_software: Platform) -> None:
    platform_software.status = 401
    make_decision(make_case().case, Outcome.KEEP)
    with time.shifted(policies.TRY_FOR + MINUTE):
        follow()
    with time.shifted(policies.TRY_FOR * 2 + MINUTE * 2):
        send_all()
        page = staff_client(Role.OPERATOR).get("/console/outgoing").content.decode()
    assert "does it check the signature" in page
    assert "a%20b" not in page


def test_events_to_an_address_that_was_taken_out_are_dropped(
    settings: LazySettings, platform_software: Platform
) -> None:
    make_decision(make_case().case, Outcome.KEEP)
    follow()
    settings.CONFIG = replace(settings.CONFIG, webhooks=())
    send_all()
    assert (platform_software.bodies, Outgoing.objects.get().state) == ([], MessageState.DROPPED)


def test_the_console_shows_where_events_go_and_sends_a_test(platform_software: Platform) -> None:
    desk = staff_client(Role.OPERATOR)
    page = desk.get("/console/outgoing").content.decode()
    assert "localhost" in page
    assert webhooks.public_key()["public_key"] in page
    desk.post("/console/outgoing/test-event")
    send_all()
    assert platform_software.types() == ["test"]
    assert ">works<" in desk.get("/console/outgoing").content.decode()


def test_no_private_address_is_reached_unless_the_operator_says_so(
    settings: LazySettings, platform_software: Platform
) -> None:
    settings.CONFIG = replace(settings.CONFIG, webhook_private=False)
    operations.send_test_events()
    send_all()
    assert (Outgoing.objects.get().problem, platform_software.bodies) == (Problem.PRIVATE, [])


def test_a_server_that_cannot_prove_who_it_is_gets_nothing(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    taken: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(b"something")

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        with pytest.raises(NotTakenError) as refusal:
            outside.post(f"https://localhost:{server.server_port}/", b"{}", {}, private=True)
        server.shutdown()
        thread.join()
    assert (refusal.value.problem, taken) == (Problem.INSECURE, [])


@pytest.mark.parametrize(
    ("url", "private", "fine"),
    [
        ("https://forum.example/argine", False, True),
        ("https://forum.example:8443/argine?x=1", False, True),
        ("http://forum.example/argine", False, False),
        ("http://forum.example/argine", True, True),
        ("https://name:password@forum.example/", False, False),
        ("https://forum.example/#part", False, False),
        ("https:///argine", False, False),
        ("https://forum.example:0/", False, False),
        ("https://forum.example:99999/", False, False),
        ("https://forum.example/ö", False, False),
        ("ftp://forum.example/", True, False),
        ("forum.example", True, False),
    ],
)
def test_an_address_that_cannot_be_stops_the_start_and_is_not_repeated(url: str, private: bool, fine: bool) -> None:
    environment = {"ARGINE_WEBHOOKS": url, "ARGINE_WEBHOOK_PRIVATE": "yes" if private else "no"}
    if fine:
        assert read(environment).webhooks == (url,)
        return
    with pytest.raises(ConfigError, match="ARGINE_WEBHOOKS") as refusal:
        read(environment)
    assert url not in str(refusal.value)


def test_the_key_is_made_once(tmp_path: Path) -> None:
    first = keys.webhook_key(tmp_path).public_key()
    assert keys.webhook_key(tmp_path).public_key() == first
    assert (tmp_path / "webhook.key").stat().st_mode & 0o777 == 0o600
