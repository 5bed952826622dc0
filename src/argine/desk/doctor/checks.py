"""What the facts mean: each check says what is wrong and what to do. Pure rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from argine.desk.doctor.facts import Facts
from argine.desk.people.policies import is_over

LITTLE_DISK, NO_DISK = 0.10, 0.03
LITTLE_MIB, NO_MIB = 2048, 256
HEAD_GRACE = timedelta(minutes=10)
CLOCK_GRACE = timedelta(minutes=1)
OLD_BACKUP, STALE_BACKUP = timedelta(days=2), timedelta(days=14)


class Level(StrEnum):
    GOOD = "good"
    NOTE = "note"  # nothing is wrong, but somebody should know
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `page` is the name of the console's page that helps, if there is one."""

    name: str
    level: Level
    what: str
    to_do: str = ""
    page: str = ""


def all_checks(facts: Facts) -> list[Check]:
    """Judge everything, what is worst first."""
    found = [
        _ticker(facts), _worker(facts), *_courier(facts), _jobs(facts), _mail(facts), *_webhooks(facts), _stuck(facts),
        _disk(facts), _keys(facts), _log(facts), _sandbox(facts), _clock(facts), _backup(facts), _settings(facts),
        _outside(facts), _passwords(facts), *_platform_keys(facts),
    ]  # fmt: skip
    return sorted(found, key=lambda check: -list(Level).index(check.level))


def is_well(checks: list[Check]) -> bool:
    return all(check.level is not Level.BAD for check in checks)


def _start_again() -> str:
    return _("Look at what the service wrote last, and start the desk again with “argine up”.")


def _ticker(facts: Facts) -> Check:
    name = _("Clocks")
    if "ticker" in facts.late:
        return Check(name, Level.BAD, _("Clocks stand still: the ticker gives no sign of life."), _start_again())
    if facts.overdue_unmarked:
        what = _("Overdue clocks are not marked, though the ticker runs.")
        return Check(name, Level.BAD, what, _("Look for an error of the ticker in what the service wrote."))
    return Check(name, Level.GOOD, _("Clocks run."))


def _worker(facts: Facts) -> Check:
    name = _("Regular work")
    if "worker" in facts.late:
        return Check(
            name, Level.BAD, _("The job worker gives no sign of life: nothing is signed or erased."), _start_again()
        )
    return Check(name, Level.GOOD, _("The job worker runs."))


def _courier(facts: Facts) -> Iterator[Check]:
    if facts.sends_anything:
        is_late = "courier" in facts.late
        what = _("The courier gives no sign of life: nothing goes out.") if is_late else _("The courier runs.")
        to_do = _start_again() if is_late else ""
        yield Check(_("Courier"), Level.BAD if is_late else Level.GOOD, what, to_do, "console:outgoing")


def _jobs(facts: Facts) -> Check:
    name = _("Jobs")
    if facts.failing_jobs:
        what = _("Failed and are tried again: %(jobs)s.") % {"jobs": ", ".join(facts.failing_jobs)}
        return Check(name, Level.WARN, what, _("Look for their error in what the service wrote."))
    return Check(name, Level.GOOD, _("No job failed."))


def _mail(facts: Facts) -> Check:
    name, page = _("E-mail"), "console:outgoing"
    if not facts.sends_mail:
        what = _("No mail server is set: reporters see news only on their page.")
        return Check(name, Level.NOTE, what, _("If they should get letters, set one under Settings, E-mail."))
    if facts.mail_problem:
        return Check(name, Level.BAD, _("E-mail does not work."), facts.mail_problem, page)
    return Check(name, Level.GOOD, _("E-mail works, as far as it was tried."), "", page)


def _webhooks(facts: Facts) -> Iterator[Check]:
    for host, problem in facts.webhook_problems:
        what = _("The webhook to %(host)s does not work.") % {"host": host}
        yield Check(_("Webhooks"), Level.BAD, what, problem, "console:outgoing")


def _stuck(facts: Facts) -> Check:
    name, page = _("What goes out"), "console:outgoing"
    if facts.stuck:
        what = ngettext("%(count)d message did not go.", "%(count)d messages did not go.", facts.stuck)
        to_do = _("Decide on the page “What goes out” whether each is sent again or given up.")
        return Check(name, Level.WARN, what % {"count": facts.stuck}, to_do, page)
    return Check(name, Level.GOOD, _("Nothing is stuck."), "", page)


def _disk(facts: Facts) -> Check:
    percent = round(facts.disk_free * 100)
    what = _("%(percent)d %% of the disk is free (%(mib)d MiB).") % {"percent": percent, "mib": facts.disk_free_mib}
    if not facts.can_write:
        what = _("The data folder cannot be written to: nothing can be taken, decided or sent.")
        to_do = _("Is its disk mounted read-only, or did its owner change? The system's own log says why.")
        return Check(_("Disk"), Level.BAD, what, to_do)
    to_do = _("Make room, or move the data folder to a larger disk. On a full disk no report can be taken.")
    if facts.disk_free < NO_DISK or facts.disk_free_mib < NO_MIB:
        return Check(_("Disk"), Level.BAD, what, to_do)
    if facts.disk_free < LITTLE_DISK or facts.disk_free_mib < LITTLE_MIB:
        return Check(_("Disk"), Level.WARN, what, to_do)
    return Check(_("Disk"), Level.GOOD, what)


def _keys(facts: Facts) -> Check:
    name = _("Keys")
    if facts.missing_keys:
        what = _("Key files are missing: %(names)s.") % {"names": ", ".join(facts.missing_keys)}
        return Check(name, Level.BAD, what, _("Put them back from the backup of the keys, before anything else."))
    if facts.open_files:
        what = _("Others on this machine can read: %(names)s.") % {"names": ", ".join(facts.open_files)}
        to_do = _("Run “chmod -R go= keys” in the data folder, and think of who may have read them.")
        return Check(name, Level.BAD, what, to_do)
    if facts.unwrapped_keys:
        what = _("A program to wrap the keys is set, but these lie open: %(names)s.")
        to_do = _("Run “argine secrets wrap-keys”.")
        return Check(name, Level.WARN, what % {"names": ", ".join(facts.unwrapped_keys)}, to_do)
    return Check(name, Level.GOOD, _("All there, and readable by the desk alone."))


def _log(facts: Facts) -> Check:
    name, page = _("Log"), "console:log"
    if facts.continues is False:
        what = _("The log does not go on from the head that lies beside the database: was an older copy put back?")
        return Check(name, Level.BAD, what, _("Run “argine log verify” and keep what it says."), page)
    is_late = facts.signed_at is not None and facts.now - facts.signed_at > HEAD_GRACE
    if not facts.is_published and is_late:
        what = _("The newest head of the log does not lie beside the database.")
        return Check(name, Level.WARN, what, _("The job worker puts it there each minute: does it run?"), page)
    if facts.signed_at is None:
        return Check(name, Level.WARN, _("The log was never signed."), _("The job worker signs it: does it run?"), page)
    return Check(name, Level.GOOD, _("Signed and published."), "", page)


def _sandbox(facts: Facts) -> Check:
    name = _("Picture decoder")
    if facts.sandbox == "full":
        return Check(name, Level.GOOD, _("Fully confined."))
    if facts.sandbox == "none":
        to_do = _("Set ARGINE_SANDBOX to auto or full, and start the desk again.")
        return Check(name, Level.BAD, _("Not confined: a hostile file could take over the web process."), to_do)
    if facts.sandbox == "refused":
        to_do = _("Use a kernel with Landlock and seccomp, or set ARGINE_SANDBOX to auto.")
        return Check(name, Level.BAD, _("Refuses to work: this machine cannot confine it as the settings ask."), to_do)
    what = _("Partly confined: this machine lacks Landlock or seccomp.")
    return Check(name, Level.WARN, what, _("Use Linux 5.13 or newer, outside of a container that hides them."))


def _clock(facts: Facts) -> Check:
    name = _("This machine's clock")
    if facts.newest_entry is not None and facts.newest_entry - facts.now > CLOCK_GRACE:
        what = _("It is behind what the log was last written at: it was set back. Legal clocks count wrong.")
        return Check(name, Level.BAD, what, _("Set it right, from a time server."))
    if facts.clock_was_set:
        what = _("It was just set by more than five minutes: clocks, regular work and mail wait a quarter of an hour.")
        return Check(name, Level.WARN, what, _("Is it right now? If not, set it right at once: nothing was done yet."))
    if facts.is_clock_kept is False:
        to_do = _("Switch a time service on: “timedatectl set-ntp true”, or chrony.")
        return Check(name, Level.WARN, _("Nothing keeps it right: legal clocks may count wrong."), to_do)
    if facts.is_clock_kept is None:
        return Check(name, Level.NOTE, _("It goes on evenly; whether something keeps it right cannot be told here."))
    return Check(name, Level.GOOD, _("Kept right."))


def _backup(facts: Facts) -> Check:
    name = _("Backup")
    if facts.backup_at is None:
        to_do = _(
            "Let what makes backups touch the file last-backup in the data folder after each: then it is told here."
        )
        return Check(name, Level.NOTE, _("Nothing tells whether backups are made."), to_do)
    age = facts.now - facts.backup_at
    days = max(age.days, 0)
    what = ngettext("The last one is %(days)d day old.", "The last one is %(days)d days old.", days) % {"days": days}
    to_do = _("Look at what makes them. What came in since the last one would be lost with the disk.")
    if age > OLD_BACKUP:
        return Check(name, Level.BAD if age > STALE_BACKUP else Level.WARN, what, to_do)
    return Check(name, Level.GOOD, what)


def _settings(facts: Facts) -> Check:
    name, page = _("Settings"), "console:settings"
    if facts.settings_problem:
        what = _("What was set in the console cannot be taken: %(why)s") % {"why": facts.settings_problem}
        to_do = _(
            "Change it in the console, or the variable where the desk is started. Until then the last good ones count."
        )
        return Check(name, Level.BAD, what, to_do, page)
    return Check(name, Level.GOOD, _("They fit together."), "", page)


def _outside(facts: Facts) -> Check:
    name = _("From outside")
    if facts.is_open_address:
        to_do = _("Put a proxy with a certificate before the desk, and write its https address into ARGINE_BASE_URL.")
        return Check(name, Level.BAD, _("Whatever people and platforms send can be read on the way."), to_do)
    if facts.without_second_factor:
        to_do = _("Take ARGINE_REQUIRE_MFA=never away: then each of the staff adds an app or a passkey.")
        return Check(name, Level.WARN, _("A stolen password alone opens the cases."), to_do)
    return Check(
        name, Level.GOOD, _("The desk is reached by a sealed way and with a second factor, or from this machine alone.")
    )


def _passwords(facts: Facts) -> Check:
    name = _("Passwords")
    if facts.breaches_problem:
        what = _("The list of passwords from breaches cannot be used, so none can be set: %(why)s")
        to_do = _("Put the file that ARGINE_BREACHED_PASSWORDS_FILE names in its place again.")
        return Check(name, Level.BAD, what % {"why": facts.breaches_problem}, to_do)
    if facts.without_breaches:
        to_do = _("Name a list of them in ARGINE_BREACHED_PASSWORDS_FILE; the operator's guide says where to get it.")
        return Check(name, Level.NOTE, _("Passwords that were stolen elsewhere can be set here."), to_do)
    return Check(name, Level.GOOD, _("Those that are tried first are refused."))


def _platform_keys(facts: Facts) -> Iterator[Check]:
    for name, day in facts.ending_keys:
        what = _("The last day of “%(name)s” is %(day)s.")
        if is_over(day, facts.now.date()):
            what = _("“%(name)s” opens nothing any more: its last day was %(day)s.")
        to_do = _("Make another, give it to who has this one, then revoke this one.")
        said = what % {"name": name, "day": day.isoformat()}
        yield Check(_("Platform keys"), Level.WARN, said, to_do, "console:keys")
