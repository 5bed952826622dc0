"""Things that tests begin with, made through the real operations."""

import itertools
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from unittest.mock import patch

import numpy as np
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from skimage import data
from tests.registry_answers import DOMAIN, NETWORK

from argine.desk.audit.models import Entry
from argine.desk.audit.queries import Fault
from argine.desk.banks.operations import Checked, Content, check_upload, create_default_banks
from argine.desk.banks.queries import banks_with_counts
from argine.desk.cases.drafts import ActionDraft, AppealDraft, DecisionDraft, NoticeDraft, OrderDraft
from argine.desk.cases.enums import Appellant, Basis, Capacity, CaseState, Ground, Measure, Nature, Outcome
from argine.desk.cases.models import Appeal, Case, Decision, Order
from argine.desk.cases.operations import (
    Submission,
    ask_reporter,
    decide,
    file_appeal,
    freeze,
    register_order,
    report_action,
    submit_notice,
    vote,
    withdraw,
)
from argine.desk.console.views.log import _faults
from argine.desk.core import time
from argine.desk.core.actor import REPORTER, SYSTEM, Actor
from argine.desk.core.models import SharedValue
from argine.desk.core.outside import Answer
from argine.desk.evidence import fetch, queries, rdap
from argine.desk.evidence.fetch import Hop, Visit
from argine.desk.evidence.models import HostRecord, HostWatch, PageRecord, Watch
from argine.desk.evidence.operations import ask, ask_due, host_watches, look_again, start, start_host, take
from argine.desk.evidence.rdap import parse_domain, parse_network
from argine.desk.exchange.bundle import Item, Page
from argine.desk.exchange.enums import Opinion
from argine.desk.exchange.models import Received
from argine.desk.exchange.operations import Agreement, add_partner
from argine.desk.exchange.operations.taking import apply as take_page
from argine.desk.notify.enums import Channel, Kind, MessageState, Problem
from argine.desk.notify.letters import Letter
from argine.desk.notify.models import Outgoing
from argine.desk.notify.operations.queue import Envelope, end, move, put
from argine.desk.outward.enums import Way
from argine.desk.outward.models import OutwardNotice
from argine.desk.outward.operations import record_sent
from argine.desk.people import factors
from argine.desk.people.enums import Role, Scope
from argine.desk.people.models import Staff
from argine.desk.people.operations import NewStaff, create_key, invite, join
from argine.law.terms import Issuer
from argine.signals import exact, pdq
from argine.signals.animation import Animation, AnimationFrame
from argine.signals.hasher import HashedFile
from argine.signals.types import Signal, SignalType

PASSWORD = "correct horse battery"
REVIEWER = Actor("staff:1")
COLLEAGUE = Actor("staff:2")
PLATFORM = Actor("key:00000000-0000-4000-8000-000000000001")

PAGE = (
    b"<title>Leaks</title><h1>Leaked by @bad_guy</h1><p>Write to pay.me@evil.example, send "
    b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa or ask <a href='https://t.me/leaker'>here</a>.<img src='/a.jpg'>"
)

_numbers = itertools.count(1)


def make_staff(role: Role = Role.REVIEWER) -> Staff:
    number = next(_numbers)
    new = NewStaff(f"{role}-{number}@desk.example", f"{role.label} {number}", PASSWORD)
    return join(invite(role, by=SYSTEM), new)


def give_app(person: Staff, secret: str = "A" * 32) -> None:
    """Give somebody an authenticator app as second factor."""
    with factors.of(person.pk):
        TOTP.activate(person, secret)


def make_key(scopes: Iterable[Scope] = tuple(Scope)) -> str:
    return create_key("A platform", scopes, by=SYSTEM)


def random_signals() -> list[Signal]:
    """Signals of a picture that is like no other."""
    return [Signal(SignalType.PDQ, secrets.token_bytes(32), 100), exact.sha256(secrets.token_bytes(8))]


def cat_signals() -> list[Signal]:
    """The look of the picture of a cat that skimage brings along."""
    return [pdq.hash_pixels(np.ascontiguousarray(data.chelsea()))]


def notice_draft(**changes: object) -> NoticeDraft:
    stated: dict[str, object] = {
        "capacity": Capacity.DEPICTED_PERSON,
        "nature": Nature.REAL,
        "no_consent": True,
        "good_faith": True,
        "language": "en",
        "pictures": [random_signals()],
        "contact": "person@example.org",
        "signature": "A. Person",
        **changes,
    }
    return NoticeDraft(**stated)  # type: ignore[arg-type]  # each test names fields of the draft


def make_case(**changes: object) -> Submission:
    """Make a case with its notice; `changes` are fields of the draft."""
    if not banks_with_counts().exists():
        create_default_banks()
    return submit_notice(notice_draft(**changes))


def order_draft(**changes: object) -> OrderDraft:
    stated: dict[str, object] = {
        "regime": "it-144bis-order",
        "issuer": Issuer.REGULATOR,
        "authority": "Garante per la protezione dei dati personali",
        "reference": "n. 123/2026",
        "received_at": time.now(),
        **changes,
    }
    return OrderDraft(**stated)  # type: ignore[arg-type]  # each test names fields of the draft


def make_order(**changes: object) -> Order:
    if not banks_with_counts().exists():
        create_default_banks()
    return register_order(order_draft(**changes), by=REVIEWER)


def decision_draft(outcome: Outcome = Outcome.REMOVE, **changes: object) -> DecisionDraft:
    stated: dict[str, object] = {
        "ground": Ground.INTIMATE_WITHOUT_CONSENT if outcome == Outcome.REMOVE else Ground.NOT_INTIMATE,
        "basis": Basis.STATEMENT,
        "reasons": "Looked at with care.",
        **changes,
    }
    return DecisionDraft(outcome, **stated)  # type: ignore[arg-type]  # each test names fields of the draft


def make_decision(
    case: Case, outcome: Outcome = Outcome.REMOVE, *, override: bool = False, **changes: object
) -> Decision:
    """Decide a case, on the statement alone unless `changes` say otherwise."""
    return decide(case, decision_draft(outcome, **changes), by=REVIEWER, override=override)


def make_sighting(
    signals: Sequence[Signal], content_id: str = "post-7", content_url: str = "", frame: int | None = None
) -> Checked:
    """Let the platform check an upload with these signals, or an animation that has them in a frame; name its copy."""
    content = Content(content_id, content_url)
    if frame is None:
        return check_upload(HashedFile(tuple(signals)), by=PLATFORM, content=content)
    animation = Animation(frame, 0, 2, (AnimationFrame(frame, tuple(signals)),))
    return check_upload(HashedFile((), animation=animation), by=PLATFORM, content=content)


def make_appeal(decision: Decision, text: str = "Please look again.", content_id: str = "") -> Appeal:
    """Appeal as whoever can: the reporter against a refusal, an uploader against a removal."""
    if decision.outcome == Outcome.KEEP:
        return file_appeal(decision, AppealDraft(Appellant.REPORTER, text), by=REPORTER)
    return file_appeal(decision, AppealDraft(Appellant.UPLOADER, text, Content(content_id)), by=PLATFORM)


def fresh(case: Case) -> Case:
    """The case as it stands in the database now."""
    return Case.objects.get(pk=case.pk)


def bring_to_vote(case: Case, *, disputed: bool) -> None:
    """Let one reviewer vote, or two that disagree, as where all decisions need two."""
    with override_settings(CONFIG=replace(settings.CONFIG, four_eyes="all")):
        vote(case, decision_draft(Outcome.KEEP), by=Actor("staff:1001"))
        if disputed:
            vote(case, decision_draft(Outcome.REMOVE), by=Actor("staff:1002"))


def make_case_in(state: CaseState, **changes: object) -> Case:
    """Bring a case into a state by the operations that lead there."""
    case = make_case(**changes).case
    if state == CaseState.WAITING:
        ask_reporter(case, "Where did you see it?", by=REVIEWER)
    elif state in {CaseState.HELD, CaseState.DISPUTED}:
        bring_to_vote(case, disputed=state == CaseState.DISPUTED)
    elif state == CaseState.FROZEN:
        freeze(case, by=REVIEWER)
    elif state == CaseState.WITHDRAWN:
        withdraw(case, by=REPORTER)
    elif state in {CaseState.KEPT, CaseState.APPEALED}:
        decision = make_decision(case, Outcome.KEEP)
        if state == CaseState.APPEALED:
            make_appeal(decision)
    elif state in {CaseState.REMOVAL, CaseState.REMOVED}:
        decision = make_decision(case)
        if state == CaseState.REMOVED:
            report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    found = fresh(case)
    assert found.state == state
    return found


def log_events(subject: str) -> list[str]:
    """What the log says of a subject, in order."""
    return list(Entry.objects.filter(subject=subject).order_by("index").values_list("event", flat=True))


def row_counts() -> dict[str, int]:
    """How many rows each table of the desk has: what a refusal must not change, but for the count of tries."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("argine.desk.")]
    models = [model for model in ours if model is not SharedValue]
    counts = ", ".join(f'(SELECT count(*) FROM "{model._meta.db_table}")' for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return dict(zip([model.__name__ for model in models], cursor.fetchone(), strict=True))


def every_fault() -> list[Fault]:
    """All that the desk's own verification finds."""
    return list(_faults())


def make_stuck(case: Case, problem: Problem = Problem.RECIPIENT) -> Outgoing:
    """A letter that the mail server refused."""
    to = Envelope(Channel.MAIL, "mail", "person@example.org", f"letter:{secrets.token_hex(8)}")
    with transaction.atomic():
        message = put(Kind.RECEIVED, to, Letter("Your request", frame=("", "Something.")), case=case)
        assert message is not None
        message.problem = problem
        move(message, MessageState.HANDING_OVER)
        end(message, MessageState.UNSURE if problem == Problem.LOST else MessageState.DEAD)
    return message


def make_outward(law: str = "us-tida-s3") -> OutwardNotice:
    """A notice that staff sent to another platform, in this moment."""
    case = make_case(addresses=["https://a.example/1", "https://a.example/2", "https://b.example/3"]).case
    return record_sent(case, "a.example", law, Way.MAIL, time.now(), by=REVIEWER)


def make_received(name: str = "A helpline") -> Received:
    """An entry of a partner, of which the platform has met a copy."""
    given = {"url": "https://partner.example", "secret": "a key", "public_key": "A" * 43 + "="}
    partner = add_partner(Agreement(name[:80], f"p{next(_numbers)}", **given), by=SYSTEM)
    signals = tuple(random_signals())
    take_page(partner, Page(0, 1, 1, (Item(1, "entry-1", Opinion.SEED, signals),)))
    make_sighting(signals, name[:200], f"https://site.example/{name}"[:900])
    return Received.objects.get(partner=partner)


def make_page_record(case: Case) -> PageRecord:
    """A record of the first address of a case, as if a page had answered there: nothing is looked at."""
    address = queries.addresses(case)[0]
    answer = Answer(200, (("Content-Type", "text/html"), ("Server", "nginx")), PAGE, True, "93.184.215.14", "ab" * 32)
    visit = Visit((Hop(address.url, 200, answer.address, answer.certificate),), answer)
    config = replace(settings.CONFIG, evidence_hosts=("*",))
    with override_settings(CONFIG=config), patch.object(fetch, "look", lambda _url: visit):
        return take(address, by=REVIEWER)


def make_host_record(case: Case) -> HostRecord:
    """What registries said of the first host of a case: no registry is asked."""
    network = parse_network("93.184.215.14", NETWORK)
    host = queries.hosts(case)[0]
    said = {
        "host": host,
        "standing": "registered",
        "domain": asdict(parse_domain(DOMAIN)),
        "networks": [asdict(network)],
    }
    config = replace(settings.CONFIG, domain_lookups=True)
    with override_settings(CONFIG=config), patch.object(rdap, "facts", lambda _host, _day: said):
        return ask(case, host, by=REVIEWER)


def make_watch(case: Case) -> Watch:
    """A watch over the first address of a case, with two looks, as if the page had gone: nothing is looked at."""
    address = queries.addresses(case)[0]
    config = replace(settings.CONFIG, evidence_hosts=("*",))
    with override_settings(CONFIG=config):
        watch = start(address, by=REVIEWER)
        for status in (200, 404):
            visit = Visit((Hop(address.url, status, "93.184.215.14", ""),), None, target=address.url)
            with patch.object(fetch, "look", lambda _url, visit=visit, **_more: visit):
                assert look_again(watch)
    return watch


def make_host_watch(case: Case) -> HostWatch:
    """A watch over the first host of a case, whose name was let go since: no registry is asked."""
    host, network = queries.hosts(case)[0], asdict(parse_network("93.184.215.14", NETWORK))
    held = {"host": host, "standing": "registered", "domain": asdict(parse_domain(DOMAIN)), "networks": [network]}
    free = {**held, "standing": "released", "domain": None}
    config = replace(settings.CONFIG, domain_lookups=True, evidence_hosts=())
    with override_settings(CONFIG=config), patch.object(host_watches, "_asked", side_effect=[held, free]):
        watch = start_host(case, host, by=REVIEWER)
        for days in (0, 2):
            with time.shifted(timedelta(days=days)):
                ask_due()
    watch.refresh_from_db()
    return watch


def log_in(person: Staff) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def staff_client(role: Role = Role.REVIEWER) -> Client:
    return log_in(make_staff(role))


def report_form(**changes: object) -> dict[str, object]:
    """What the public form sends when everything is filled in."""
    hashed = {"type": "pdq", "value": secrets.token_hex(32), "quality": 100}
    return {
        "submission": secrets.token_urlsafe(24),
        "under_18": "no",
        "signals": json.dumps([{"signals": [hashed]}]),
        "addresses": "",
        "where_hint": "",
        "capacity": "depicted_person",
        "nature": "real",
        "no_consent": "on",
        "statement": "",
        "country": "",
        "contact": "person@example.org",
        "contact_note": "",
        "good_faith": "on",
        "signature": "A. Person",
        **changes,
    }
