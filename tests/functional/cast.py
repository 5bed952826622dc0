"""Those who take part in a story, each with what they really use: browsers, the platform's software, a mailbox."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from playwright.sync_api import Browser, Page, expect
from tests.functional.conftest import Desk, open_desk
from tests.functional.running_desk import RunningDesk
from tests.smtp_server import Mailbox, serving

PASSWORD = "a long enough phrase"
LETTER_S = 20.0
CHOOSES = ".step:not([hidden]) button[type=submit]"


@dataclass
class Record:
    """What the desk's own database holds of a case: its state, the log's events, its clocks by law and duty."""

    state: str
    events: list[str]
    clocks: dict[tuple[str, str], set[str]]

    def clock(self, regime: str, duty: str = "act") -> str:
        """The state of a clock, where every item of the case has the same."""
        (state,) = self.clocks[regime, duty]
        return state


@dataclass
class Stage:
    """A desk that runs as its operator runs it, a mail server, and two people of its staff in their browsers."""

    running: RunningDesk
    mailbox: Mailbox
    chromium: Browser
    rosa: "Reviewer" = field(init=False)
    bruno: "Reviewer" = field(init=False)
    reporters: list["Reporter"] = field(default_factory=list)

    def visit(self) -> Desk:
        return open_desk(self.chromium, self.running.base)

    def reporter(self, name: str) -> "Reporter":
        someone = Reporter(self.visit(), self, f"{name}@person.example")
        self.reporters.append(someone)
        return someone

    def letters(self, to: str, count: int) -> list[EmailMessage]:
        """The letters that somebody got, once so many have come; no more may come."""
        end = monotonic() + LETTER_S
        while monotonic() < end and self.mailbox.to.count(to) < count:
            sleep(0.05)
        pairs = zip(self.mailbox.to, self.mailbox.taken, strict=False)
        found = [message for address, message in pairs if address == to]
        assert len(found) == count, [message.get_content() for message in found]
        return found

    def record(self, number: int) -> Record:
        ((case, state),) = self.running.sql("SELECT id, state FROM cases_case WHERE number = ?", number)
        subject = f"case:{UUID(str(case))}"
        events = self.running.sql('SELECT event FROM audit_entry WHERE subject = ? ORDER BY "index"', subject)
        clocks: dict[tuple[str, str], set[str]] = {}
        for regime, duty, clock in self.running.sql(
            "SELECT regime, duty, state FROM clocks_clock WHERE case_id = ?", case
        ):
            clocks.setdefault((regime, duty), set()).add(clock)
        return Record(state, [event for (event,) in events], clocks)

    def decision(self, number: int) -> dict[str, Any]:
        """The newest decision of a case, as the platform's software reads it."""
        status, feed = self.running.api("decisions?limit=100")
        assert status == 200, feed
        return [dict(found) for found in feed["decisions"] if found["case_number"] == number][-1]

    def act(self, decision: dict[str, Any], measure: str = "removed", **about: object) -> dict[str, Any]:
        """Let the platform say what it did; return the desk's answer."""
        status, answer = self.running.api("actions", {"decision": decision["id"], "measure": measure, **about})
        assert status == 201, answer
        return dict(answer)

    def statement(self, decision: dict[str, Any]) -> tuple[int, Any]:
        return self.running.api(f"decisions/{decision['id']}/statement")

    def assert_log_verifies(self) -> None:
        found = self.running.verify()
        assert found.returncode == 0, found.stdout + found.stderr


@dataclass
class Reporter:
    """A person in a browser of their own. No picture of theirs is in anything that the browser sends."""

    desk: Desk
    stage: Stage
    contact: str
    code: str = ""
    number: int = 0

    @property
    def page(self) -> Page:
        return self.desk.page

    def begin(self, have: str = "picture") -> None:
        """Start from the front page and say that nobody shown is under 18."""
        self.desk.go("/")
        self.page.locator(f"a.path[href$='have={have}']").click()
        expect(self.page.locator("form.is-stepped")).to_be_visible()
        self.page.check("[name=under_18][value=no]")
        self.page.locator(CHOOSES).click()

    def tell_where(self, pictures: Sequence[Path] = (), addresses: str = "") -> None:
        if pictures:
            self.page.set_input_files("#choose", [str(path) for path in pictures])
        for number in range(len(pictures)):
            state = self.page.locator(".file").nth(number)
            expect(state).not_to_have_class("file file--busy", timeout=30_000)
        self.page.fill("#id_addresses", addresses)
        self.page.locator(CHOOSES).click()

    def tell_what(self, *, nature: str = "real", country: str = "", capacity: str = "depicted_person") -> None:
        self.page.check(f"[name=capacity][value={capacity}]")
        self.page.check(f"[name=nature][value={nature}]")
        self.page.check("[name=no_consent]")
        self.page.select_option("#id_country", country)
        self.page.locator(CHOOSES).click()

    def send(self) -> None:
        """Leave an address for whole letters, sign, send, and keep the code."""
        self.page.fill("#id_contact", self.contact)
        self.page.check("[name=mail][value=letters]")
        self.page.locator(CHOOSES).click()
        self.page.check("[name=good_faith]")
        self.page.fill("#id_signature", "A. Person")
        self.page.locator(CHOOSES).click()
        self.code = self.page.locator("#case-code").inner_text()
        self.desk.go("/receipt/")
        self.number = int(self.page.locator("dl.answers dd").first.inner_text())

    def sees(self, *texts: str) -> None:
        """Open the page of the case; it says each of these."""
        self.desk.go("/status/")
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def writes(self, text: str) -> None:
        self.desk.go("/status/")
        self.page.fill("#id_text", text)
        self.page.locator("form[action='/status/message/'] button[type=submit]").click()

    def letters(self, count: int) -> list[str]:
        """The texts of the letters so far; every subject gives nothing away, and no address of staff is used."""
        found = self.stage.letters(self.contact, count)
        assert {message["From"] for message in found} == {"noreply@desk.example"}
        assert {message["Subject"] for message in found} <= {"Your request", "La tua richiesta"}
        return [message.get_content() for message in found]


@dataclass
class Reviewer:
    """Somebody of the desk's staff, in the console."""

    desk: Desk

    @property
    def page(self) -> Page:
        return self.desk.page

    def join(self, link: str, name: str) -> None:
        self.desk.go(link)
        self.page.fill("#id_name", name)
        self.page.fill("#id_email", f"{name.lower()}@desk.example")
        self.page.fill("#id_password", PASSWORD)
        self.page.get_by_role("button", name="Make my account").click()
        expect(self.page.get_by_role("heading", name="Your account")).to_be_visible()

    def invite(self, role: str) -> str:
        """Make a one-time link for a colleague; return its path."""
        self.desk.go("/console/people")
        self.page.select_option("#invite-role", role)
        self.page.get_by_role("button", name="Make a one-time link").click()
        return "/console/welcome/" + self.page.locator("#once").inner_text().rpartition("/")[2]

    def open(self, number: int) -> None:
        self.desk.go("/console/")
        self.page.fill("#search", str(number))
        self.page.keyboard.press("Enter")
        expect(self.page.locator("h1")).to_contain_text(f"Case {number}")

    def decide(self, number: int, ground: str, basis: str, reasons: str) -> None:
        self.open(number)
        self.page.check(f"#ground-{ground}")
        self.page.check(f"#basis-{basis}")
        self.page.fill("#id_reasons", reasons)
        self.page.get_by_role("button", name="Decide", exact=True).click()
        confirm = self.page.get_by_role("button", name="Yes, remove")
        if self.page.locator("h1").inner_text().startswith("Remove what"):
            confirm.click()

    def decide_appeal(self, number: int, finding: str, basis: str, reasons: str) -> None:
        self.open(number)
        self.page.locator("[name$=-finding]").select_option(finding)
        self.page.locator("[name$=-basis]").select_option(basis)
        self.page.locator("[name$=-reasons]").fill(reasons)
        self.page.get_by_role("button", name="Decide the appeal").click()
        expect(self.page.locator("[name$=-finding]")).to_have_count(0)

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)


@contextmanager
def stage(chromium: Browser, data: Path) -> Iterator[Stage]:
    """Run a desk with mail and two people of staff; at the end no browser may have complained."""
    with serving(Mailbox()) as mailbox:
        running = RunningDesk(data, environment=settings_for(mailbox))
        running.start()
        here = Stage(running, mailbox, chromium)
        try:
            here.rosa, here.bruno = Reviewer(here.visit()), Reviewer(here.visit())
            here.rosa.join(running.invitation(), "Rosa")
            here.bruno.join(here.rosa.invite("supervisor"), "Bruno")
            yield here
            for desk in (here.rosa.desk, here.bruno.desk, *(reporter.desk for reporter in here.reporters)):
                desk.assert_quiet()
                desk.context.close()
        finally:
            assert running.stop() == 0


def settings_for(mailbox: Mailbox) -> dict[str, str]:
    return {
        "ARGINE_SMTP_HOST": "localhost",
        "ARGINE_SMTP_PORT": str(mailbox.port),
        "ARGINE_SMTP_SECURITY": "none",
        "ARGINE_MAIL_FROM": "noreply@desk.example",
        "ARGINE_PLATFORM_NAME": "Example Forum",
    }


def files(folder: Path, drawn: dict[str, bytes]) -> list[Path]:
    """Write pictures where a browser can choose them."""
    for name, picture in drawn.items():
        (folder / name).write_bytes(picture)
    return [folder / name for name in drawn]


def in_order(wanted: Sequence[str], events: Sequence[str]) -> bool:
    """Whether these stand in this order among the events, others between them."""
    rest = iter(events)
    return all(any(event == one for event in rest) for one in wanted)
