"""Who reads the log, and has no salt, cannot confirm what they guess that somebody wrote."""

import hashlib
import json

import pytest
from tests.factories import REVIEWER, bring_to_vote, every_fault, make_case, make_decision, random_signals

from argine.desk.audit.models import Entry
from argine.desk.banks.models import RegionChange
from argine.desk.banks.operations import REMOVED, add_entry, change_region
from argine.desk.cases.models import Decision, Vote
from argine.desk.cases.queries import decision_digest, decision_facts, vote_digest
from argine.merkle.canonical import canonical_json
from argine.signals.patch import Rectangle

pytestmark = pytest.mark.django_db


def logged() -> str:
    return "\n".join(Entry.objects.values_list("data", flat=True))


def test_reasons_of_a_decision_cannot_be_confirmed_by_guessing_them() -> None:
    decision = make_decision(make_case().case)
    guessed = hashlib.sha256(canonical_json(decision_facts(decision))).hexdigest()
    assert guessed not in logged()
    assert bytes(decision.digest).hex() in logged()
    assert decision.salt
    assert decision.salt not in logged()
    assert every_fault() == []


def test_a_hidden_vote_cannot_be_read_out_of_the_log(default_banks: None) -> None:
    bring_to_vote(make_case().case, disputed=True)
    one, other = Vote.objects.order_by("at")
    digests = {
        json.loads(data)["digest"]
        for data in Entry.objects.filter(event="case.vote.cast").values_list("data", flat=True)
    }
    assert digests == {vote_digest(one), vote_digest(other)}
    for vote in (one, other):
        salt, vote.salt = vote.salt, ""
        assert vote_digest(vote) not in digests
        vote.salt = salt
    assert every_fault() == []


def test_why_a_part_was_marked_cannot_be_confirmed(default_banks: None) -> None:
    entry = add_entry(REMOVED, random_signals(), origin="test", by=REVIEWER)
    change_region(entry, Rectangle(0.2, 0.2, 0.4, 0.5), "Only the face was altered.", by=REVIEWER)
    assert RegionChange.objects.get().salt
    assert every_fault() == []


def test_decisions_of_before_they_had_a_salt_still_verify() -> None:
    decision = make_decision(make_case().case)
    entry = Entry.objects.get(event="case.decision.made")
    decision.salt = ""
    decision.digest = decision_digest(decision)
    assert bytes(decision.digest) == hashlib.sha256(canonical_json(decision_facts(decision))).digest()
    assert entry.data.count(bytes(Decision.objects.get().digest).hex()) == 1
