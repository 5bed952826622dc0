"""The demo's story: what happened at this desk in the last days, hour by hour, through the real operations."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from argine.desk.banks import operations as banks
from argine.desk.banks.operations import Content
from argine.desk.cases import operations as cases
from argine.desk.cases.drafts import ActionDraft, AppealDraft, DecisionDraft, NoticeDraft
from argine.desk.cases.enums import Appellant, Basis, Capacity, Ground, Measure, Nature, Outcome
from argine.desk.cases.models import Case, Decision
from argine.desk.cases.queries import current_decision
from argine.desk.clocks.operations import tick
from argine.desk.core import actor, time
from argine.desk.core.actor import REPORTER, SHELL, Actor
from argine.desk.demo.films import film
from argine.desk.demo.pictures import draw, reworked
from argine.desk.people.enums import Role
from argine.desk.people.operations import NewStaff, invite, join
from argine.signals import films
from argine.signals.hasher import HashedFile, hash_file_bytes
from argine.signals.types import Signal

TEAM = (
    ("Anna Colombo", "anna@demo.example", Role.OPERATOR),
    ("Samuel Reed", "samuel@demo.example", Role.SUPERVISOR),
    ("Giulia Ferri", "giulia@demo.example", Role.REVIEWER),
)
GOOD_FAITH = "What I state is accurate and complete to the best of my knowledge, and I state it in good faith."


@dataclass(slots=True)
class Story:
    """What is planned, by hours ago; and what it has made so far."""

    plan: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    staff: dict[Role, Actor] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)

    def at(self, hours_ago: float, do: Callable[[], None]) -> None:
        self.plan.append((hours_ago, do))

    def tell(self) -> None:
        """Let it all happen in the order of time."""
        for hours_ago, do in sorted(self.plan, key=lambda step: -step[0]):
            with time.shifted(timedelta(hours=-hours_ago)):
                do()
        tick()


def signals_of(number: int) -> Sequence[Signal]:
    return hash_file_bytes(draw(number)).signals


def seed() -> tuple[str, Story]:
    """Fill an empty desk; return the password of its made-up staff, and the story."""
    password, story = f"demo-{secrets.token_urlsafe(9)}", Story()
    with time.shifted(timedelta(hours=-200)):
        for name, email, role in TEAM:
            person = join(invite(role, by=SHELL), NewStaff(email, name, password))
            story.staff[role] = actor.staff(person.pk)
    _closed_cases(story)
    _open_cases(story)
    if films.INSTALLED:
        _film_case(story)
    story.tell()
    return password, story


def _report(story: Story, name: str, hours_ago: float, draft: NoticeDraft) -> None:
    def do() -> None:
        # Each report is somebody else's.
        made = cases.submit_notice(replace(draft, contact=f"{name}@example.org" if draft.contact else ""))
        story.cases[name], story.codes[made.case.number] = made.case, made.code

    story.at(hours_ago, do)


def _upload(story: Story, hours_ago: float, number: int, name: str) -> None:
    """Somebody uploads a reworked copy to the platform, which asks."""

    def do() -> None:
        hashed = hash_file_bytes(reworked(draw(number)))
        _ask(HashedFile(hashed.signals, hashed.unhashable), name)

    story.at(hours_ago, do)


def _ask(hashed: HashedFile, name: str) -> None:
    content = Content(name, f"https://forum.example/moderation/{name}")
    checked = banks.check_upload(hashed, by=SHELL, content=content)
    cases.note_seen_again(checked, content, by=SHELL)


def _film_case(story: Story) -> None:
    """A reported film, and a part of it that somebody uploads."""
    signals = films.hash_film(film(27)).signals
    statement = "He filmed us without telling me. Parts of it are being passed around."
    _report(story, "film", 16, replace(BASIC, pictures=[signals], statement=statement))
    story.at(6, lambda: _ask(films.hash_film_query(film(27, start=2, seconds=5)), "post-4641"))


def _decide(story: Story, name: str, hours_ago: float, draft: DecisionDraft, role: Role = Role.REVIEWER) -> None:
    story.at(hours_ago, lambda: _keep(story, name, cases.decide(story.cases[name], draft, by=story.staff[role])))


def _keep(story: Story, name: str, decision: Decision) -> None:
    story.cases[name] = decision.case


def _act(story: Story, name: str, hours_ago: float, draft: ActionDraft) -> None:
    def do() -> None:
        decision = current_decision(story.cases[name])
        if decision is not None:
            cases.report_action(decision, draft, by=SHELL)

    story.at(hours_ago, do)


def _say(story: Story, name: str, hours_ago: float, do: Callable[[Case], None]) -> None:
    def fresh() -> None:
        story.cases[name].refresh_from_db()
        do(story.cases[name])

    story.at(hours_ago, fresh)


BASIC = NoticeDraft(
    capacity=Capacity.DEPICTED_PERSON, nature=Nature.REAL, no_consent=True, good_faith=True, language="en",
    contact="reporter@example.org", contact_note="E-mail only, please.", signature="A. Person",
    declarations=GOOD_FAITH, statement="A former partner had this picture. I never agreed to it being shared.",
)  # fmt: skip
REMOVE = DecisionDraft(
    Outcome.REMOVE, Ground.INTIMATE_WITHOUT_CONSENT, Basis.OWN_COPY,
    "We looked at the copy on the platform. It is what you described, and it was shared without your consent.",
)  # fmt: skip


def _closed_cases(story: Story) -> None:
    _report(story, "removed", 96, replace(BASIC, pictures=[signals_of(1), signals_of(2)], country="GB"))
    _upload(story, 90, 1, "post-4411")
    _decide(story, "removed", 80, REMOVE)
    _act(story, "removed", 79, ActionDraft(Measure.REMOVED, Content("post-4411")))
    _upload(story, 50, 1, "post-4502")
    _upload(story, 12, 2, "post-4630")

    _report(
        story, "kept", 88, replace(BASIC, addresses=["https://forum.example/t/813"], statement="A holiday picture.")
    )
    reasons = "The page shows a landscape and nobody in it. If you meant another page, tell us and we look again."
    _decide(story, "kept", 70, DecisionDraft(Outcome.KEEP, Ground.NOT_INTIMATE, Basis.ADDRESS, reasons))

    _report(story, "withdrawn", 130, replace(BASIC, pictures=[signals_of(3)]))
    _say(story, "withdrawn", 110, lambda case: cases.withdraw(case, by=REPORTER))


def _appeal(case: Case) -> None:
    draft = AppealDraft(Appellant.REPORTER, "It is back, at the same address.")
    cases.file_appeal(case.decisions.latest("seq"), draft, by=REPORTER)


def _open_cases(story: Story) -> None:
    italian = replace(
        BASIC, language="it", country="IT", statement="È stata pubblicata dopo la fine della relazione.",
        contact_note="Solo per posta elettronica.", declarations="Quanto dichiaro è vero e completo, in buona fede.",
    )  # fmt: skip
    deepfake = replace(
        BASIC, nature=Nature.ALTERED, statement="The face is mine, the body is not. It was made with an app."
    )
    _report(story, "overdue", 55, replace(BASIC, pictures=[signals_of(4)]))
    _report(story, "urgent", 46.8, replace(BASIC, pictures=[signals_of(5), signals_of(6)], country="US"))
    _upload(story, 3, 5, "post-4655")
    _report(story, "decided", 40, replace(deepfake, pictures=[signals_of(7)]))
    _upload(story, 20, 7, "post-4601")
    _decide(story, "decided", 2, replace(REMOVE, ground=Ground.DEEPFAKE_WITHOUT_CONSENT), Role.SUPERVISOR)
    addresses = ["https://forum.example/t/901", "https://forum.example/t/901?page=2"]
    _report(story, "waiting", 30, replace(BASIC, addresses=addresses, capacity=Capacity.REPRESENTATIVE))
    question = "You say that you act for the person shown. How do you know them? One sentence is enough."
    _say(story, "waiting", 22, lambda case: cases.ask_reporter(case, question, by=story.staff[Role.REVIEWER]))
    _report(story, "deepfake", 26, replace(deepfake, pictures=[signals_of(8), signals_of(9), signals_of(10)]))
    _report(story, "again", 100, replace(BASIC, addresses=["https://forum.example/t/777"]))
    not_found = DecisionDraft(
        Outcome.KEEP, Ground.NOT_FOUND, Basis.ADDRESS, "There is nothing at this address any more."
    )
    _decide(story, "again", 84, not_found)
    _say(story, "again", 9, _appeal)
    _report(story, "italian", 5, replace(italian, pictures=[signals_of(11)], addresses=["https://forum.example/t/950"]))
    _report(story, "incomplete", 1.2, replace(BASIC, pictures=[signals_of(12)], contact="", signature="", statement=""))
    _report(story, "new", 0.2, replace(italian, pictures=[signals_of(13)], nature=Nature.THREATENED))
