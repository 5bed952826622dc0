"""A varied set of cases of a few months, made by a fixed chance: for what must hold over any."""

import random
from datetime import timedelta

from tests.factories import (
    COLLEAGUE,
    PLATFORM,
    make_appeal,
    make_case,
    make_decision,
    make_order,
    make_sighting,
    random_signals,
)

from argine.desk.cases.drafts import ActionDraft, VerdictDraft
from argine.desk.cases.enums import Basis, Ground, Measure, Nature, Outcome
from argine.desk.cases.models import Address, Decision
from argine.desk.cases.operations import decide_appeal, freeze, report_action, withdraw
from argine.desk.core import time
from argine.desk.core.actor import REPORTER

GROUNDS = (Ground.INTIMATE_WITHOUT_CONSENT, Ground.DEEPFAKE_WITHOUT_CONSENT, Ground.TERMS)
MEASURES = (Measure.REMOVED, Measure.DISABLED, Measure.UPLOAD_BLOCKED)


def many_cases(count: int, seed: int = 7) -> None:
    """Cases that go all ways: removed on each ground, refused, appealed by both sides, taken back, stopped, waiting."""
    chance = random.Random(seed)
    for number in range(count):
        with time.shifted(-timedelta(days=chance.uniform(2, 100))):
            one_case(chance, number)
    make_order()


def one_case(chance: random.Random, number: int) -> None:
    signals = [random_signals() for _ in range(chance.randint(0, 2))]
    places = [f"https://forum.example/{number}/{place}" for place in range(chance.randint(0 if signals else 1, 3))]
    case = make_case(nature=chance.choice(list(Nature)), pictures=signals, addresses=places).case
    if signals and chance.random() < 0.5:
        make_sighting(signals[0], f"post-{number}")
    with time.shifted(timedelta(hours=chance.uniform(1, 40))):
        way = number % 8
        if way < 5:
            removal(chance, make_decision(case, ground=GROUNDS[number % 3]), signals, appealed=way)
        elif way == 5:
            refusal(chance, make_decision(case, Outcome.KEEP, ground=Ground.NOT_FOUND))
        elif way == 6:
            (withdraw if chance.random() < 0.5 else freeze)(case, by=REPORTER)


def removal(chance: random.Random, decision: Decision, signals: list, appealed: int) -> None:  # type: ignore[type-arg]
    if chance.random() < 0.8:
        for address in [*Address.objects.filter(case=decision.case_id)] or [None]:
            draft = ActionDraft(chance.choice(MEASURES), address_id=address.id if address else None)
            report_action(decision, draft, by=PLATFORM)
    if signals:
        make_sighting(signals[0], "post-again")
    if appealed in {1, 2}:
        wins = Ground.CONSENT_SHOWN if appealed == 1 else None
        decide_appeal(make_appeal(decision), VerdictDraft(Basis.STATEMENT, "Looked at again.", wins), by=COLLEAGUE)
    elif appealed == 3:
        make_appeal(decision)


def refusal(chance: random.Random, decision: Decision) -> None:
    appeal = make_appeal(decision)
    if chance.random() < 0.7:
        ground = Ground.INTIMATE_WITHOUT_CONSENT if chance.random() < 0.5 else None
        decide_appeal(appeal, VerdictDraft(Basis.STATEMENT, "Looked at again.", ground), by=COLLEAGUE)
