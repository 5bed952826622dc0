"""The words of letters to reporters, in the language of their case.

A letter is a row of sections. What a law has the reporter told (`law.terms.Message`) is a section of its own, so that
a test can say of each law whether its letter is complete. The subject is the same for all, and gives nothing away.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from argine.desk.banks.queries import sightings_of_case
from argine.desk.cases import appeals, duties, queries, questions
from argine.desk.cases.enums import AppealState, Appellant, Author, Ground, Mail, Measure, Outcome
from argine.desk.cases.models import Action, Appeal, Case, Decision, Message
from argine.desk.clocks.enums import Duty
from argine.desk.clocks.queries import open_clocks
from argine.desk.core.errors import RefusedError
from argine.desk.notify.enums import Kind
from argine.law.schema import load_all


class Section(StrEnum):
    """What a letter says. Those that a law asks for bear the law's own name for it."""

    RECEIPT = "receipt"
    DECISION = "decision"
    REFUSAL_REASONS = "refusal_reasons"
    REDRESS = "redress"
    AUTOMATION = "automation"
    APPEAL_DECISION = "appeal_decision"
    CLOCKS = "clocks"
    MISSING = "missing"
    QUESTION = "question"
    DONE = "done"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    sections: dict[Section, str] = field(default_factory=dict)
    frame: tuple[str, str] = ("", "")

    @property
    def body(self) -> str:
        first, last = self.frame
        return "\n\n".join(part for part in (first, *self.sections.values(), last) if part) + "\n"


@dataclass(frozen=True, slots=True)
class About:
    """What a letter is about: the case and, by kind, its decision or appeal."""

    case: Case
    decision: Decision | None = None
    appeal: Appeal | None = None


def compose(kind: Kind, about: About, choice: Mail) -> Letter:
    """Write a letter as the reporter wants it: whole, or that there is news and no more."""
    with translation.override(about.case.language):
        if choice == Mail.NEWS:
            return Letter(subject(), frame=(_news(), _stop()))
        frame = (_("This is about case %(number)d.") % {"number": about.case.number}, f"{_page()}\n\n{_stop()}")
        return Letter(subject(), SECTIONS[kind](about), frame)


def subject() -> str:
    """The same for every letter, and for every matter in the world."""
    return _("Your request")


def _news() -> str:
    return _("There is news about your request. To read it, open the page you know, with your code.")


def _stop() -> str:
    return _(
        "You chose to get these e-mails. To change that, open the page with your code. Nobody reads answers to this "
        "e-mail."
    )


def _page() -> str:
    return _("With your case code you see everything, and can answer, here: %(address)s") % {
        "address": f"{settings.CONFIG.base_url.rstrip('/')}/status/"
    }


def _received(about: About) -> dict[Section, str]:
    moment = about.case.opened_at
    text = _("Your report to %(platform)s arrived on %(time)s. A person will look at it and decide.")
    return {
        Section.RECEIPT: text % {"platform": settings.CONFIG.platform_name, "time": _time(moment)},
        Section.CLOCKS: _clocks(about.case),
        Section.MISSING: _missing(about.case),
    }


def _clocks(case: Case) -> str:
    """Until when the platform has to act, once for each law."""
    due: dict[str, datetime] = {}
    for clock in open_clocks(case.id, Duty.ACT):
        due.setdefault(clock.regime, clock.due_at)
    laws, language = load_all(), translation.get_language() or "en"
    lines = [f"- {laws[name].title.in_language(language)}: {_time(at)}" for name, at in due.items() if name in laws]
    return "\n".join([_("Until when an answer is due, by law or by promise:"), *lines]) if lines else ""


def _missing(case: Case) -> str:
    notice = queries.first_notice(case)
    lacking = {} if notice is None else duties.missing(queries.notice_draft(notice), notice.received_at)
    if not lacking:
        return ""
    return questions.for_missing((key for keys in lacking.values() for key in keys), case.language)


def _question(about: About) -> dict[Section, str]:
    asked = Message.objects.filter(case=about.case, author=Author.STAFF).order_by("at").last()
    return {
        Section.QUESTION: _("The people who look at your report ask you:"),
        Section.MISSING: asked.text if asked else "",
        Section.NEXT: _("Please answer on the page of your case. The time that the platform has runs on meanwhile."),
    }


def _removal(about: About) -> dict[Section, str]:
    text = _("It was decided that what you reported is removed. The platform has been asked to carry it out.")
    return _decided(about, text)


def _refused(about: About) -> dict[Section, str]:
    text = _("It was decided that what you reported is not removed.")
    appeal = Appeal.objects.filter(result=about.decision, who=Appellant.UPLOADER).exists()
    if appeal:
        text = _("Whoever had put it online appealed. Somebody else looked again and decided that it is not removed.")
    return _decided(about, text)


def _decided(about: About, text: str) -> dict[Section, str]:
    if about.decision is None:
        raise ValueError("This letter is about a decision.")
    decision = about.decision
    ground = _("In short: %(ground)s.") % {"ground": Ground(decision.ground).label}
    return {
        Section.DECISION: f"{text}\n{ground}",
        Section.REFUSAL_REASONS: _("The reasons, as they were written:") + f"\n{decision.reasons}",
        Section.AUTOMATION: _automation(decision),
        Section.REDRESS: _redress(decision),
    }


def _automation(decision: Decision) -> str:
    if sightings_of_case(decision.case_id, limit=1):
        return _("A person decided. Copies were found by comparing fingerprints automatically.")
    return _("A person decided. Nothing was decided or found automatically.")


def _redress(decision: Decision) -> str:
    outside = _(
        "You can also turn to a body that settles disputes out of court, to your data protection authority, or to a "
        "court."
    )
    if decision.outcome != Outcome.KEEP:
        return outside
    until = appeals.open_until(decision, Appellant.REPORTER)
    inside = _(
        "If you disagree, say why on the page of your case, until %(time)s. It costs nothing, and somebody else "
        "decides."
    ) % {"time": _time(until)}
    return f"{inside} {outside}" if _may_appeal(decision) else outside


def _may_appeal(decision: Decision) -> bool:
    try:
        appeals.check_file(decision, Appellant.REPORTER)
    except RefusedError:
        return False
    return True


def _removed(about: About) -> dict[Section, str]:
    done = Action.objects.filter(decision__case=about.case).order_by("at")
    lines = [f"- {_time(action.at)}: {Measure(action.measure).label}" for action in done]
    return {
        Section.DONE: "\n".join([_("The platform says that it has done this:"), *lines]),
        Section.NEXT: _("From now on copies of it that are recognised are stopped when somebody uploads them."),
    }


def _appeal_decided(about: About) -> dict[Section, str]:
    if about.appeal is None:
        raise ValueError("This letter is about an appeal.")
    appeal, decision = about.appeal, about.appeal.result or about.appeal.decision
    outcome = (
        _("Your appeal was successful: what you reported is removed. The platform has been asked to carry it out.")
        if appeal.state == AppealState.OVERTURNED
        else _("Your appeal was looked at by somebody else. The decision stands: it is not removed.")
    )
    return {
        Section.APPEAL_DECISION: outcome + "\n" + _("The reasons, as they were written:") + f"\n{appeal.reasons}",
        Section.AUTOMATION: _automation(decision),
        Section.REDRESS: _redress(decision),
    }


def _reopened(about: About) -> dict[Section, str]:
    return {
        Section.NEXT: _(
            "What you reported has appeared again. Your case is open again: it is to be removed once more."
        ),
        Section.CLOCKS: _clocks(about.case),
    }


def _withdrawn(about: About) -> dict[Section, str]:  # noqa: ARG001  # one shape for all letters
    return {
        Section.DONE: _(
            "You took your report back. The fingerprints of your pictures are erased, and nothing more is done. What "
            "was already removed stays removed."
        ),
        Section.NEXT: _("If this was not you, report again: nobody else should have your case code."),
    }


SECTIONS: dict[Kind, Callable[[About], dict[Section, str]]] = {
    Kind.RECEIVED: _received,
    Kind.QUESTION: _question,
    Kind.REMOVAL: _removal,
    Kind.REMOVED: _removed,
    Kind.REFUSED: _refused,
    Kind.APPEAL_DECIDED: _appeal_decided,
    Kind.REOPENED: _reopened,
    Kind.WITHDRAWN: _withdrawn,
}


def _time(moment: datetime) -> str:
    return f"{date_format(moment, 'j F Y, H:i')} UTC"
