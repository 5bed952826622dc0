"""What is counted of the contact that reported, and which step may follow: for who looks at a case."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.conf import settings

from argine.desk.cases import misuse, policies
from argine.desk.cases.enums import CaseState, Misuse
from argine.desk.cases.models import Case, MisuseStep
from argine.desk.console import wording
from argine.desk.console.access import refusal
from argine.desk.console.forms import MisuseForm
from argine.desk.core import time
from argine.desk.core.actor import Actor


@dataclass(frozen=True, slots=True)
class StepLine:
    """`cannot_review` is empty where this person may look at a suspension again."""

    id: UUID
    at: datetime
    who: str
    what: str
    reasons: str
    until: datetime | None
    appeal: str
    review: str
    is_lifted: bool
    is_suspension: bool
    cannot_review: str


@dataclass(frozen=True, slots=True)
class Choice:
    kind: str
    label: str
    cannot: str


@dataclass(frozen=True, slots=True)
class MisuseCard:
    notices: int
    found: int
    months: int
    suspended_until: datetime | None
    choices: list[Choice]
    steps: list[StepLine]
    form: MisuseForm


def of(case: Case, viewer: Actor, form: MisuseForm | None = None) -> MisuseCard | None:
    """None where nothing is to be said: no contact, or a first report that was not refused."""
    record, steps = misuse.record_of(case), misuse.steps_of(case)
    if not steps and (not case.contact_digest or (record.notices < 2 and case.state != CaseState.KEPT)):  # noqa: PLR2004
        return None
    names = wording.who([step.by for step in steps])
    return MisuseCard(
        notices=record.notices,
        found=record.found,
        months=settings.CONFIG.misuse_months,
        suspended_until=case.suspended_until,
        choices=[
            Choice(kind.value, str(kind.label), refusal(partial(policies.check_misuse, case, kind, record)))
            for kind in Misuse
        ],
        steps=[_line(step, names, viewer) for step in steps],
        form=form or MisuseForm(),
    )


def _line(step: MisuseStep, names: dict[str, str], viewer: Actor) -> StepLine:
    may = settings.CONFIG.same_person_appeals
    check = partial(policies.check_review_suspension, step, viewer, time.now(), same_person_may=may)
    return StepLine(
        id=step.id,
        at=step.at,
        who=names[step.by],
        what=str(Misuse(step.kind).label),
        reasons=step.reasons,
        until=step.until,
        appeal=step.appeal,
        review=step.review,
        is_lifted=step.lifted,
        is_suspension=step.kind == Misuse.SUSPENSION,
        cannot_review=refusal(check),
    )
