"""What the page of a case shows: plain values, made from the case for the person who reported it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from argine.desk.banks import marks
from argine.desk.banks.marks import Mark
from argine.desk.banks.queries import entries_of_case, sightings_of_case, signal_of
from argine.desk.cases import appeals, duties, mail, misuse, policies, queries, questions, reappearances, records
from argine.desk.cases.enums import (
    ENDED,
    AppealState,
    Appellant,
    Author,
    CaseState,
    Ground,
    Measure,
    Outcome,
    Reappeared,
)
from argine.desk.cases.models import Address, Appeal, Case, Message
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.queries import clocks_of_case
from argine.desk.core import time
from argine.desk.core.errors import RefusedError
from argine.desk.dossier import pdf
from argine.desk.dossier.policies import check_make
from argine.desk.exchange import queries as exchange
from argine.desk.exchange.queries import Sharing
from argine.desk.intake import wording
from argine.desk.intake.clock_lines import ClockLine, lines
from argine.desk.intake.law_texts import ReferralText, RouteGroup, referral_text, under_18_groups
from argine.law.terms import Element
from argine.matching.verdict import Verdict
from argine.signals.types import SignalType

SHORT_HASH = 12

MEANING = {
    CaseState.RECEIVED: gettext_lazy("Your report has arrived. A person will look at it and decide."),
    CaseState.WAITING: gettext_lazy(
        "You were asked something. Please answer below. The time that the platform has runs on meanwhile."
    ),
    CaseState.HELD: gettext_lazy("Your report has arrived. A person has looked at it, and a second one will."),
    CaseState.DISPUTED: gettext_lazy("Two people have looked at your report. A third one decides."),
    CaseState.REMOVAL: gettext_lazy("It was decided that the picture is removed. The removal is under way."),
    CaseState.REMOVED: gettext_lazy(
        "The picture was removed. Copies that are recognised are stopped when somebody uploads them."
    ),
    CaseState.KEPT: gettext_lazy("It was decided not to remove it. You can read why below, and appeal."),
    CaseState.APPEALED: gettext_lazy("You appealed. Somebody who did not take the decision looks at it again."),
    CaseState.FROZEN: gettext_lazy(
        "It is about somebody under 18, so nobody here may go on with it. Its fingerprints were erased. Others can "
        "help, right now."
    ),
    CaseState.WITHDRAWN: gettext_lazy("You took your report back. Its fingerprints were erased, and no clock runs."),
}
HEADING = {
    CaseState.RECEIVED: gettext_lazy("Waiting for a decision"),
    CaseState.WAITING: gettext_lazy("Your answer is needed"),
    CaseState.HELD: gettext_lazy("Waiting for a decision"),
    CaseState.DISPUTED: gettext_lazy("Waiting for a decision"),
    CaseState.REMOVAL: gettext_lazy("It will be removed"),
    CaseState.REMOVED: gettext_lazy("It was removed"),
    CaseState.KEPT: gettext_lazy("It was not removed"),
    CaseState.APPEALED: gettext_lazy("It is looked at again"),
    CaseState.FROZEN: gettext_lazy("This report was stopped"),
    CaseState.WITHDRAWN: gettext_lazy("You took your report back"),
}
TONE = {
    CaseState.WAITING: "warn",
    CaseState.REMOVAL: "good",
    CaseState.REMOVED: "good",
    CaseState.KEPT: "bad",
}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The decision that stands, in words."""

    at: datetime
    outcome: str
    ground: str
    reasons: str
    measures: list[tuple[datetime, str]]


@dataclass(frozen=True, slots=True)
class Said:
    at: datetime
    is_mine: bool
    text: str


@dataclass(frozen=True, slots=True)
class AppealLine:
    """An appeal of the reporter; `reasons` are empty while it is open."""

    at: datetime
    text: str
    state: str
    is_open: bool
    ended_at: datetime | None
    reasons: str


@dataclass(frozen=True, slots=True)
class SuspensionText:
    """A suspension, as the person who reported reads it."""

    until: datetime
    reasons: str
    appeal: str
    review: str
    is_lifted: bool
    may_appeal: bool


@dataclass(frozen=True, slots=True)
class PictureLine:
    """A picture by the first letters of a fingerprint, and its altered part where one is marked."""

    name: str
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class StatusPage:
    number: int
    opened_at: datetime
    heading: str
    meaning: str
    tone: str
    clocks: list[ClockLine]
    decision: Outcomes | None
    stopped_uploads: int
    pictures: list[PictureLine]
    addresses: list[str]
    thread: list[Said]
    appeals: list[AppealLine]
    routes: list[RouteGroup]
    may_write: bool
    missing: list[str]
    lacking: list[str]
    referrals: list[ReferralText]
    appeal_until: datetime | None
    may_withdraw: bool
    purged_at: datetime | None
    reappearances: list[tuple[datetime, bool]]
    suspension: SuspensionText | None
    mail: str
    sharing: Sharing | None
    may_share: bool
    recipients: str
    may_have_file: bool
    makes_pdf: bool


def of(case: Case) -> StatusPage:
    state, recipients = CaseState(case.state), _recipients(case)
    return StatusPage(
        number=case.number,
        opened_at=case.opened_at,
        heading=str(HEADING[state]),
        meaning=str(MEANING[state]),
        tone=TONE.get(state, ""),
        clocks=lines(clocks_of_case(case.id), time.now()),
        decision=_decision(case),
        stopped_uploads=_stopped_uploads(case),
        pictures=_pictures(case),
        addresses=[row.url for row in Address.objects.filter(case=case).order_by("position") if row.url],
        thread=[_said(message) for message in case.messages.order_by("at") if message.text],
        routes=under_18_groups() if state == CaseState.FROZEN else [],
        missing=[str(questions.ELEMENTS[element]) for element in missing(case)],
        lacking=lacking(case),
        referrals=_referrals(case),
        may_write=_may(policies.check_add_information, case),
        appeals=[_appeal(appeal) for appeal in appeals.of_case(case) if appeal.who == Appellant.REPORTER],
        appeal_until=appeal_until(case),
        may_withdraw=_may(policies.check_withdraw, case),
        purged_at=case.purged_at,
        reappearances=_reappearances(case),
        suspension=_suspension(case),
        mail=_mail(case),
        sharing=_sharing(case, recipients),
        may_share=bool(recipients),
        recipients=wording.recipients(recipients),
        may_have_file=_may(check_make, case),
        makes_pdf=pdf.can_set(),
    )


def may_share(case: Case) -> bool:
    """Whether the person may let partners have the fingerprints, or take that back."""
    return bool(_recipients(case))


def _recipients(case: Case) -> list[str]:
    """Who would get the fingerprints if the person agrees; nobody where there is nothing to choose."""
    return [] if case.state in ENDED or not entries_of_case(case.id) else exchange.recipients()


def _sharing(case: Case, recipients: Sequence[str]) -> Sharing | None:
    """How far the fingerprints are with partners; None where there is nothing to tell or choose."""
    found = exchange.sharing_of(case.id)
    return found if case.state not in ENDED and (found.partners or found.agreed or recipients) else None


def _mail(case: Case) -> str:
    """What the reporter gets by e-mail; empty where there is nothing to choose."""
    there_is = settings.CONFIG.sends_mail and _may(policies.check_choose_mail, case) and mail.address_of(case)
    return mail.choice_of(case).value if there_is else ""


def _suspension(case: Case) -> SuspensionText | None:
    step = misuse.suspension_told(case)
    if step is None or step.until is None:
        return None
    may_appeal = _may(lambda _case: policies.check_appeal_suspension(step, time.now()), case)
    if step.case_id != case.id:
        # Whoever gave this contact reads no more than that it is so: anybody can write anybody's address.
        return SuspensionText(step.until, "", "", "", step.lifted, may_appeal)
    return SuspensionText(step.until, step.reasons, step.appeal, step.review, step.lifted, may_appeal)


def _reappearances(case: Case) -> list[tuple[datetime, bool]]:
    """When it appeared again, newest first, and whether that is still to be dealt with."""
    rows = [row for row in reappearances.of_case(case) if row.state == Reappeared.CONFIRMED]
    items = {row.id: reappearances.item_of(row) for row in rows}
    waiting = reappearances.open_items(items.values())
    return [(row.at, items[row.id] in waiting) for row in rows]


def _may(check: Callable[[Case], None], case: Case) -> bool:
    try:
        check(case)
    except RefusedError:
        return False
    return True


def appeal_until(case: Case) -> datetime | None:
    """Until when the reporter may appeal; None if they may not."""
    decision = queries.current_decision(case)
    if decision is None or not _may(lambda _case: appeals.check_file(decision, Appellant.REPORTER), case):
        return None
    return appeals.open_until(decision, Appellant.REPORTER)


def missing(case: Case) -> list[Element]:
    """What some law asks and the notice does not say, with what was added to it."""
    notice = queries.first_notice(case)
    if notice is None or records.is_purged(notice):
        return []
    found = duties.missing(queries.notice_draft(notice), notice.received_at)
    return questions.in_order(key for keys in found.values() for key in keys)


def lacking(case: Case) -> list[str]:
    """The texts of the notice that are still empty, and may be added."""
    notice = queries.first_notice(case)
    if notice is None:
        return []
    whole = queries.notice_draft(notice)
    return [name for name in ("where_hint", "statement", "contact", "signature") if not getattr(whole, name).strip()]


def _referrals(case: Case) -> list[ReferralText]:
    notice = queries.first_notice(case)
    if notice is None or not _may(policies.check_referral, case):
        return []
    late = {clock.regime for clock in clocks_of_case(case.id) if clock.state == ClockState.MISSED}
    found = []
    for regime in duties.referrals(queries.notice_draft(notice)).values():
        told = queries.latest_referral(case, regime.id)
        found.append(referral_text(regime, told.reported_at if told else None, passed=regime.id in late))
    return found


def _appeal(appeal: Appeal) -> AppealLine:
    return AppealLine(
        at=appeal.at,
        text=appeal.text,
        state=str(AppealState(appeal.state).label),
        is_open=appeal.state == AppealState.OPEN,
        ended_at=appeal.decided_at,
        reasons=appeal.reasons,
    )


def _decision(case: Case) -> Outcomes | None:
    decision = queries.current_decision(case)
    if decision is None:
        return None
    done = decision.actions.order_by("at")
    return Outcomes(
        at=decision.at,
        outcome=_("To be removed") if decision.outcome == Outcome.REMOVE else _("Not to be removed"),
        ground=str(Ground(decision.ground).label),
        reasons=decision.reasons,
        measures=[(action.at, str(Measure(action.measure).label)) for action in done],
    )


def _stopped_uploads(case: Case) -> int:
    """How many different uploads the case's pictures have stopped so far."""
    return len({row.check_id for row in sightings_of_case(case.id) if row.verdict == Verdict.BLOCK})


def _pictures(case: Case) -> list[PictureLine]:
    """One line for each picture: the first letters of its `pdq`, or of whatever signal it has."""
    found = []
    for entry in entries_of_case(case.id):
        texts = {row.type: signal_of(row).text for row in entry.signals.all()}
        kind = next((kind for kind in SignalType if kind in texts), None)
        if kind is not None:
            found.append(PictureLine(f"{kind} {texts[kind][:SHORT_HASH]} …", marks.of(entry)))
    return found


def _said(message: Message) -> Said:
    return Said(at=message.at, is_mine=message.author == Author.REPORTER, text=message.text)
