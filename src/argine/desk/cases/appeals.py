"""What the law and the desk make of an appeal: until when, how soon, and whether this one may be filed now."""

from datetime import datetime, timedelta

from django.conf import settings

from argine.desk.cases import duties, policies, queries, votes
from argine.desk.cases.enums import Appellant, Outcome
from argine.desk.cases.models import Appeal, Case, Decision
from argine.desk.clocks.enums import OWN_RULE
from argine.desk.core import time
from argine.desk.core.crypto import keyed_digest
from argine.law import appeals
from argine.law.appeals import AppealWindow
from argine.law.months import months_after
from argine.law.rules import Due
from argine.law.terms import Appellant as LawAppellant
from argine.law.terms import ClockKind, Moment

MOMENTS = {Outcome.REMOVE: Moment.REMOVED, Outcome.KEEP: Moment.REFUSED}


def windows(decision: Decision) -> tuple[AppealWindow, ...]:
    """The ways that the laws open to challenge a decision; those that go first stand first."""
    moment = MOMENTS[Outcome(decision.outcome)]
    return appeals.windows(decision.at, moment, duties.switched_on_for_notices())


def open_until(decision: Decision, who: Appellant) -> datetime:
    """The last instant to appeal: the longest that a law gives, and never less than the desk's own rule."""
    own = months_after(decision.at, settings.CONFIG.appeal_months)
    by_law = appeals.open_until(windows(decision), LawAppellant(who.value))
    return own if by_law is None else max(own, by_law)


def is_expedited(decision: Decision, who: Appellant) -> bool:
    return any(window.expedited and window.who.value == who for window in windows(decision))


def due(decision: Decision, who: Appellant, filed_at: datetime) -> Due:
    """Until when it is to be decided: the desk's promise under the law that asks most, since none gives a number."""
    config = settings.CONFIG
    hours = config.expedited_appeal_hours if is_expedited(decision, who) else config.appeal_hours
    basis = next((window.basis for window in windows(decision) if window.who.value == who), None)
    regime, version = (basis.regime_id, basis.version) if basis and basis.regime_id else (OWN_RULE, 0)
    return Due(regime, version, ClockKind.INDICATIVE, filed_at, filed_at + timedelta(hours=hours))


def check_file(decision: Decision | None, who: Appellant, digest: bytes | None = None) -> None:
    """Raise unless this side may appeal this decision now.

    Raises:
        RefusedError: with the sentence that is shown in place of the form.
    """
    now = time.now()
    until = open_until(decision, who) if decision is not None else now
    standing = decision if decision is not None and queries.is_current(decision) else None
    said = filed(decision, who, digest) if decision is not None else None
    policies.check_appeal(standing, who, said, until, now)


def filed(decision: Decision, who: Appellant, digest: bytes | None = None) -> Appeal | None:
    """The appeal that this side filed against the decision, about the copy of this digest or about all of it."""
    return Appeal.objects.filter(decision=decision, who=who, copy_digest=digest or about_all(decision)).first()


def about_all(decision: Decision) -> bytes:
    return keyed_digest("content", str(decision.id))


def check_decide(appeal: Appeal, by: str) -> None:
    may = settings.CONFIG.same_person_appeals
    policies.check_decide_appeal(appeal, by, votes.voters(appeal.case), same_person_may=may)


def of_case(case: Case) -> list[Appeal]:
    """Open ones first, those that the law wants first before others, then the newest."""
    found = Appeal.objects.filter(case=case).select_related("decision", "case", "result")
    return sorted(
        found, key=lambda appeal: (appeal.decided_at is not None, not appeal.expedited, -appeal.at.timestamp())
    )
