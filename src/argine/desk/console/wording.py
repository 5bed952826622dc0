"""Times, regimes, names and log entries in the words of the console."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.clocks.enums import OWN_RULE
from argine.desk.core.actor import REPORTER, SHELL, SYSTEM, staff_id
from argine.desk.people.models import ApiKey
from argine.desk.people.queries import names
from argine.law.schema import load_all
from argine.signals.types import Signal

KNOWN_EVENTS = frozenset(event.value for event in Event)
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
SOON_S = 12 * HOUR_S
SHORT_HASH = 12

EVENTS = {
    Event.DESK_STARTED: gettext_lazy("Desk started"),
    Event.DESK_RESTORED: gettext_lazy("Desk restored from a backup"),
    Event.DESK_MOVED: gettext_lazy("Desk moved to another database"),
    Event.FIELDS_RESEALED: gettext_lazy("Personal fields sealed with a new key"),
    Event.SETTING_CHANGED: gettext_lazy("Setting changed"),
    Event.STAFF_INVITED: gettext_lazy("Staff invited"),
    Event.INVITATION_TAKEN_BACK: gettext_lazy("One-time link taken back"),
    Event.STAFF_JOINED: gettext_lazy("Staff joined"),
    Event.STAFF_CHANGED: gettext_lazy("Staff changed"),
    Event.STAFF_LOGGED_IN: gettext_lazy("Logged in"),
    Event.STAFF_LOGGED_OUT: gettext_lazy("Logged out"),
    Event.LOG_IN_REFUSED: gettext_lazy("Log-in with a wrong password"),
    Event.FACTOR_REFUSED: gettext_lazy("Wrong code as second factor"),
    Event.SESSIONS_ENDED: gettext_lazy("Sessions ended"),
    Event.STAFF_REFUSED: gettext_lazy("Tried what is not permitted"),
    Event.KEY_CREATED: gettext_lazy("Platform key made"),
    Event.KEY_REVOKED: gettext_lazy("Platform key revoked"),
    Event.KEY_REFUSED: gettext_lazy("Platform key tried what is not permitted"),
    Event.NOTICE_RECEIVED: gettext_lazy("Notice received"),
    Event.CASE_MOVED: gettext_lazy("State changed"),
    Event.CASE_OPENED_BY_STAFF: gettext_lazy("Case opened"),
    Event.INFORMATION_ADDED: gettext_lazy("Reporter wrote"),
    Event.INFORMATION_ASKED: gettext_lazy("Desk asked the reporter"),
    Event.VOTE_CAST: gettext_lazy("Vote cast"),
    Event.CASE_CLAIMED: gettext_lazy("Case taken"),
    Event.CASE_RELEASED: gettext_lazy("Case given back"),
    Event.DECISION_MADE: gettext_lazy("Decision made"),
    Event.ACTION_REPORTED: gettext_lazy("Platform reported its action"),
    Event.STATEMENT_FETCHED: gettext_lazy("Platform fetched the statement of reasons"),
    Event.CASE_WITHDRAWN: gettext_lazy("Notice withdrawn"),
    Event.APPEAL_FILED: gettext_lazy("Appeal filed"),
    Event.APPEAL_DECIDED: gettext_lazy("Appeal decided"),
    Event.APPEAL_CLOSED: gettext_lazy("Appeal closed"),
    Event.NOTICE_SUPPLEMENTED: gettext_lazy("Reporter added to the notice"),
    Event.NOTICE_COMPLETED: gettext_lazy("Notice complete"),
    Event.REFERRAL_TOLD: gettext_lazy("Reporter told of a report to an authority"),
    Event.ORDER_RECEIVED: gettext_lazy("Order of an authority taken down"),
    Event.ORDER_EXTENDED: gettext_lazy("Authority gave more time"),
    Event.MAIL_CHOSEN: gettext_lazy("Reporter chose which e-mails they want"),
    Event.LETTER_SENT: gettext_lazy("E-mail sent to the reporter"),
    Event.LETTER_UNSENT: gettext_lazy("E-mail to the reporter did not go"),
    Event.LETTER_RETRIED: gettext_lazy("E-mail to the reporter is sent again"),
    Event.OUTWARD_SENT: gettext_lazy("Notice sent to another platform"),
    Event.OUTWARD_FOLLOWED_UP: gettext_lazy("Other platform written to again"),
    Event.OUTWARD_ANSWERED: gettext_lazy("Other platform answered"),
    Event.OUTWARD_MISSED: gettext_lazy("Other platform missed its time"),
    Event.CASE_FROZEN: gettext_lazy("Stopped: about somebody under 18"),
    Event.PRESERVATION_TOLD: gettext_lazy("Who keeps what until when"),
    Event.SEEN_AGAIN: gettext_lazy("Seen again"),
    Event.SEEN_AGAIN_DECIDED: gettext_lazy("Looked at what was seen again"),
    Event.MISUSE_STEP: gettext_lazy("Step against misuse"),
    Event.SUSPENSION_APPEALED: gettext_lazy("Suspension appealed"),
    Event.SUSPENSION_REVIEWED: gettext_lazy("Suspension looked at again"),
    Event.PROCESSING_SUSPENDED: gettext_lazy("Processing suspended under one law"),
    Event.PROCESSING_RESUMED: gettext_lazy("Processing goes on"),
    Event.CASE_MERGED: gettext_lazy("Follows another case from here on"),
    Event.CASE_SPLIT: gettext_lazy("On its own again"),
    Event.CASE_PURGED: gettext_lazy("Records erased: their time was over"),
    Event.RECORDS_HELD: gettext_lazy("Records held beyond their time"),
    Event.RECORDS_RELEASED: gettext_lazy("Hold on the records ended"),
    Event.COPY_HASHED: gettext_lazy("Signals made of the platform's own copy"),
    Event.COPY_SHOWN: gettext_lazy("Looked at the platform's own copy"),
    Event.DOSSIER_MADE: gettext_lazy("Dossier made"),
    Event.REPLY_CHANGED: gettext_lazy("Saved reply changed"),
    Event.CASE_SENSITIVE: gettext_lazy("Who may see the case changed"),
    Event.REGION_MARKED: gettext_lazy("Altered part of a picture marked"),
    Event.PAGE_RECORDED: gettext_lazy("Record of a page kept, without its media"),
    Event.PAGES_ERASED: gettext_lazy("Records of pages erased"),
    Event.WATCH_STARTED: gettext_lazy("Looking again at an address starts"),
    Event.WATCH_STOPPED: gettext_lazy("Looking again at an address ends"),
    Event.WATCH_CHANGED: gettext_lazy("What stands at an address has changed"),
    Event.HOST_ASKED: gettext_lazy("Registries asked about a host"),
    Event.HOST_WATCH_STARTED: gettext_lazy("Watching a host starts"),
    Event.HOST_WATCH_STOPPED: gettext_lazy("Watching a host ends"),
    Event.HOST_CHANGED: gettext_lazy("A watched host has changed"),
    Event.HOST_CHANGE_SEEN: gettext_lazy("Looked at the change of a watched host"),
    Event.CLOCK_STARTED: gettext_lazy("Clock started"),
    Event.CLOCK_WARNED: gettext_lazy("Clock warned"),
    Event.CLOCK_MET: gettext_lazy("Clock answered"),
    Event.CLOCK_MISSED: gettext_lazy("Clock missed"),
    Event.CLOCK_STOPPED: gettext_lazy("Clock stopped"),
    Event.CLOCK_SUPERSEDED: gettext_lazy("Clock replaced"),
    Event.BANK_CREATED: gettext_lazy("Bank made"),
    Event.BANK_SHARED: gettext_lazy("What is shared with partners changed"),
    Event.PARTNER_ADDED: gettext_lazy("Partner added"),
    Event.PARTNER_CHANGED: gettext_lazy("Terms with a partner changed"),
    Event.PARTNER_STOPPED: gettext_lazy("Exchange with a partner ended"),
    Event.PARTNER_ENTRY_JUDGED: gettext_lazy("Entry of a partner looked at"),
    Event.SHARING_CHOSEN: gettext_lazy("Reporter chose whether partners get the fingerprints"),
    Event.BANK_SHOWN: gettext_lazy("Bank changed by the HMA-compatible API"),
    Event.BANK_CHANGED: gettext_lazy("Thresholds of a bank changed"),
    Event.ENTRY_ADDED: gettext_lazy("Picture banked"),
    Event.ENTRIES_ADDED: gettext_lazy("List of pictures banked"),
    Event.ENTRY_MOVED: gettext_lazy("Picture moved to another bank"),
    Event.ENTRY_REGION_CHANGED: gettext_lazy("Altered part of a picture marked"),
    Event.ENTRY_WITHDRAWN: gettext_lazy("Picture taken out of matching"),
    Event.ENTRY_FLOODED: gettext_lazy("Picture matched many uploads"),
    Event.ENTRY_FLOOD_DECIDED: gettext_lazy("Looked at a picture that matched many uploads"),
    Event.ENTRY_UNDONE: gettext_lazy("Picture undone: what it stopped is restored"),
    Event.UPLOAD_MATCHED: gettext_lazy("Upload matched"),
    Event.SIGHTINGS_PURGED: gettext_lazy("Old matches deleted"),
    Event.WITNESSED_TWO_FACES: gettext_lazy("Another desk's log showed two faces"),
}


@dataclass(frozen=True, slots=True)
class Left:
    """How long is left until an instant, in words; `tone` is empty, `soon` or `late`."""

    text: str
    tone: str


def left(due_at: datetime, now: datetime) -> Left:
    seconds = (due_at - now).total_seconds()
    if seconds < 0:
        return Left(_("Overdue by %(time)s") % {"time": duration(-seconds)}, "late")
    return Left(_("%(time)s left") % {"time": duration(seconds)}, "soon" if seconds < SOON_S else "")


def duration(seconds: float) -> str:
    """At most two units: nobody at a desk needs the seconds of a day."""
    minutes = int(seconds // MINUTE_S)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        (days, ngettext("%(count)d day", "%(count)d days", days) % {"count": days}),
        (hours, ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}),
        (minutes, ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}),
    ]
    said = [text for count, text in parts if count]
    return " ".join(said[:2]) or parts[-1][1]


def regime_title(regime_id: str) -> str:
    """The name of a law in the reader's language; its id where it is no longer known."""
    regime = load_all().get(regime_id)
    if regime is None:
        return _("The desk's own rule") if regime_id == OWN_RULE else regime_id
    return regime.title.in_language(get_language() or "en")


def event(name: str) -> str:
    return str(EVENTS[Event(name)]) if name in KNOWN_EVENTS else name


def data_of(entry: Entry) -> dict[str, str]:
    """What an entry tells besides its subject: ids, enumerations, digests, as text."""
    return {key: str(value) for key, value in json.loads(entry.data).items()}


def short(signal: Signal) -> str:
    return f"{signal.text[:SHORT_HASH]}…"


def who(actors: Iterable[str]) -> dict[str, str]:
    """By actor as the log writes it: the name that colleagues know. One look-up for all."""
    asked = set(actors)
    people = names({pk for actor in asked if (pk := staff_id(actor)) is not None})
    keys = _key_names(asked)
    known: dict[str, str] = {REPORTER: _("Reporter"), SYSTEM: "Argine", SHELL: _("Operator at the terminal")}
    return {
        actor: known.get(actor) or keys.get(actor) or people.get(staff_id(actor) or 0) or _("Unknown")
        for actor in asked
    }


def _key_names(actors: set[str]) -> dict[str, str]:
    ids = {UUID(actor.removeprefix("key:")) for actor in actors if actor.startswith("key:")}
    return {
        f"key:{pk}": _("Platform (%(key)s)") % {"key": name}
        for pk, name in ApiKey.objects.filter(pk__in=ids).values_list("pk", "name")
    }


def sessions_ended(count: int) -> str:
    text = ngettext("%(count)d session was ended.", "%(count)d sessions were ended.", count)
    return text % {"count": count}
