"""Things that tests begin with, made through the real operations."""

import itertools
import secrets
from collections.abc import Iterable

import numpy as np
from skimage import data

from argine.desk.banks.operations import create_default_banks
from argine.desk.banks.queries import banks_with_counts
from argine.desk.cases.drafts import DecisionDraft, NoticeDraft
from argine.desk.cases.enums import Basis, Capacity, Ground, Nature, Outcome
from argine.desk.cases.models import Case, Decision
from argine.desk.cases.operations import Submission, decide, submit_notice
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.people.enums import Role, Scope
from argine.desk.people.models import Staff
from argine.desk.people.operations import NewStaff, create_key, invite, join
from argine.signals import exact, pdq
from argine.signals.types import Signal, SignalType

PASSWORD = "correct horse battery"
REVIEWER = Actor("staff:1")

_numbers = itertools.count(1)


def make_staff(role: Role = Role.REVIEWER) -> Staff:
    number = next(_numbers)
    new = NewStaff(f"{role}-{number}@desk.example", f"{role.label} {number}", PASSWORD)
    return join(invite(role, by=SYSTEM), new)


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


def make_decision(case: Case, outcome: Outcome = Outcome.REMOVE, **changes: object) -> Decision:
    """Decide a case on the statement alone."""
    ground = Ground.INTIMATE_WITHOUT_CONSENT if outcome == Outcome.REMOVE else Ground.NOT_INTIMATE
    override = bool(changes.pop("override", False))
    draft = DecisionDraft(outcome, ground, Basis.STATEMENT, "Looked at with care.", **changes)  # type: ignore[arg-type]
    return decide(case, draft, by=REVIEWER, override=override)
