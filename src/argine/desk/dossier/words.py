"""What the pages of a dossier say to somebody who has never seen Argine, and has to rely on it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from argine.desk.audit.events import Event
from argine.desk.cases.enums import Reappeared
from argine.desk.evidence.enums import Change, Problem
from argine.matching.verdict import Verdict
from argine.signals.types import SignalType

EVENTS = {
    Event.NOTICE_RECEIVED: gettext_lazy("A report was received"),
    Event.NOTICE_SUPPLEMENTED: gettext_lazy("The reporter added something that had been missing"),
    Event.NOTICE_COMPLETED: gettext_lazy("The report was complete"),
    Event.ORDER_RECEIVED: gettext_lazy("The order of an authority was written down"),
    Event.ORDER_EXTENDED: gettext_lazy("The authority gave more time"),
    Event.CASE_MOVED: gettext_lazy("The state of the case changed"),
    Event.CASE_OPENED_BY_STAFF: gettext_lazy("Somebody at the desk opened the case"),
    Event.INFORMATION_ASKED: gettext_lazy("The desk asked the reporter a question"),
    Event.INFORMATION_ADDED: gettext_lazy("The reporter wrote"),
    Event.REFERRAL_TOLD: gettext_lazy("The reporter told of a report to an authority"),
    Event.MAIL_CHOSEN: gettext_lazy("The reporter chose which e-mails they want"),
    Event.SHARING_CHOSEN: gettext_lazy("The reporter chose whether other platforms get the fingerprints"),
    Event.VOTE_CAST: gettext_lazy("One of two reviewers gave their vote"),
    Event.CASE_CLAIMED: gettext_lazy("Somebody at the desk took the case to work on it"),
    Event.CASE_RELEASED: gettext_lazy("Somebody at the desk gave the case back"),
    Event.DECISION_MADE: gettext_lazy("A decision was made"),
    Event.ACTION_REPORTED: gettext_lazy("The platform told what it did"),
    Event.STATEMENT_FETCHED: gettext_lazy("The platform fetched the reasons for who had uploaded it"),
    Event.APPEAL_FILED: gettext_lazy("An appeal was filed"),
    Event.APPEAL_DECIDED: gettext_lazy("An appeal was decided"),
    Event.APPEAL_CLOSED: gettext_lazy("An appeal was closed, since nothing was left to decide"),
    Event.CASE_WITHDRAWN: gettext_lazy("The reporter took the report back"),
    Event.LETTER_SENT: gettext_lazy("An e-mail to the reporter was sent"),
    Event.LETTER_UNSENT: gettext_lazy("An e-mail to the reporter could not be sent"),
    Event.LETTER_RETRIED: gettext_lazy("An e-mail to the reporter was tried again"),
    Event.OUTWARD_SENT: gettext_lazy("A notice to another platform was sent"),
    Event.OUTWARD_FOLLOWED_UP: gettext_lazy("Another platform was written to again"),
    Event.OUTWARD_ANSWERED: gettext_lazy("Another platform answered"),
    Event.OUTWARD_MISSED: gettext_lazy("Another platform let its time pass without an answer"),
    Event.SEEN_AGAIN: gettext_lazy("What had been removed was seen again"),
    Event.SEEN_AGAIN_DECIDED: gettext_lazy("Somebody looked at what was seen again"),
    Event.CASE_MERGED: gettext_lazy("From here on the case follows another one about the same content"),
    Event.CASE_SPLIT: gettext_lazy("The case goes on by itself again"),
    Event.RECORDS_HELD: gettext_lazy("The records are kept longer than usual"),
    Event.RECORDS_RELEASED: gettext_lazy("The records are no longer kept longer than usual"),
    Event.COPY_HASHED: gettext_lazy("Fingerprints were made of the platform's own copy"),
    Event.COPY_SHOWN: gettext_lazy("Somebody at the desk looked at the platform's own copy"),
    Event.DOSSIER_MADE: gettext_lazy("A dossier was made"),
    Event.CASE_SENSITIVE: gettext_lazy("It was changed who at the desk may see the case"),
    Event.PAGE_RECORDED: gettext_lazy("What a page says was recorded, without its media"),
    Event.PAGES_ERASED: gettext_lazy("The records of pages were erased"),
    Event.WATCH_STARTED: gettext_lazy("From here on a reported address is looked at again"),
    Event.WATCH_STOPPED: gettext_lazy("A reported address is no longer looked at again"),
    Event.WATCH_CHANGED: gettext_lazy("What stands at a reported address had changed"),
    Event.HOST_ASKED: gettext_lazy("Public registries were asked whose host it is"),
    Event.HOST_WATCH_STARTED: gettext_lazy("From here on it is watched who holds the name of a reported website"),
    Event.HOST_WATCH_STOPPED: gettext_lazy("The name of a reported website is no longer watched"),
    Event.HOST_CHANGED: gettext_lazy("Something had changed about a reported website"),
    Event.HOST_CHANGE_SEEN: gettext_lazy("Somebody at the desk looked at what had changed about a reported website"),
    Event.REGION_MARKED: gettext_lazy("The altered part of a picture was marked"),
    Event.MISUSE_STEP: gettext_lazy("A step against frequent unfounded reports"),
    Event.SUSPENSION_APPEALED: gettext_lazy("A suspension was appealed"),
    Event.SUSPENSION_REVIEWED: gettext_lazy("A suspension was looked at again"),
    Event.PROCESSING_SUSPENDED: gettext_lazy("Work on the report was suspended under one law"),
    Event.PROCESSING_RESUMED: gettext_lazy("Work on the report went on"),
    Event.CLOCK_STARTED: gettext_lazy("A legal time began to run"),
    Event.CLOCK_WARNED: gettext_lazy("A part of a legal time had passed: the desk was warned"),
    Event.CLOCK_MET: gettext_lazy("What a legal time asked for was done"),
    Event.CLOCK_MISSED: gettext_lazy("A legal time ended and what it asks for was not done"),
    Event.CLOCK_STOPPED: gettext_lazy("A legal time ended early: nothing was due any more"),
    Event.CLOCK_SUPERSEDED: gettext_lazy("A legal time was replaced by another"),
    Event.ENTRY_ADDED: gettext_lazy("The fingerprints of a picture were put in"),
    Event.ENTRY_MOVED: gettext_lazy("The fingerprints of a picture now stop copies"),
    Event.ENTRY_REGION_CHANGED: gettext_lazy("The altered part of a picture was marked"),
    Event.ENTRY_WITHDRAWN: gettext_lazy("The fingerprints of a picture were taken out"),
    Event.ENTRY_FLOODED: gettext_lazy("The fingerprints of a picture matched unusually many uploads"),
    Event.ENTRY_FLOOD_DECIDED: gettext_lazy("Somebody looked at fingerprints that matched unusually many uploads"),
    Event.ENTRY_UNDONE: gettext_lazy("What the fingerprints of a picture had stopped was let back in"),
}
ACTORS = {
    "reporter": gettext_lazy("The reporter"),
    "desk": gettext_lazy("The software"),
    "staff": gettext_lazy("Somebody at the desk"),
    "platform": gettext_lazy("The platform's software"),
}
VERDICTS = {
    Verdict.BLOCK: gettext_lazy("An upload matched and was stopped"),
    Verdict.REVIEW: gettext_lazy("An upload matched and came before a person"),
    Verdict.ALLOW: gettext_lazy("An upload matched and was let through"),
    Verdict.UNHASHABLE: gettext_lazy("An upload could not be compared"),
}
HOW = {
    SignalType.PDQ: gettext_lazy("how it looks"),
    SignalType.PATCH: gettext_lazy("its parts"),
    SignalType.VIDEO: gettext_lazy("its pictures, one after another"),
    SignalType.SHA256: gettext_lazy("its file"),
    SignalType.MD5: gettext_lazy("its file"),
}
GLOSSARY = (
    (
        gettext_lazy("Argine"),
        gettext_lazy(
            "The software that made this. A person reports an intimate picture that was put online without consent; "
            "people at the desk decide; the platform removes it, and new copies are stopped."
        ),
    ),
    (gettext_lazy("Desk"), gettext_lazy("Those who run Argine and take the decisions: a platform, or a helpline.")),
    (
        gettext_lazy("Fingerprint"),
        gettext_lazy(
            "A number computed from a picture, also called a hash. The picture cannot be made from it again. The desk "
            "keeps fingerprints only: the reporter's picture never left their device, and no picture is stored."
        ),
    ),
    (
        gettext_lazy("sha256"),
        gettext_lazy(
            "A fingerprint of a file: 64 characters (SHA-256). Two files with the same one are the same, byte for "
            "byte. Any police laboratory can compute it."
        ),
    ),
    (
        gettext_lazy("pdq"),
        gettext_lazy(
            "A fingerprint of how a picture looks: 256 bits, written as 64 characters (PDQ, published by Meta). Copies "
            "that were shrunk or saved again differ in a few bits: 31 or fewer count as the same picture."
        ),
    ),
    (gettext_lazy("Quality"), gettext_lazy("How much there is to tell a picture by its pdq: 0 to 100, 50 is enough.")),
    (
        gettext_lazy("Match"),
        gettext_lazy("An upload is as near to a fingerprint as counts. A fact with a distance; it judges nobody."),
    ),
    (
        gettext_lazy("Distance"),
        gettext_lazy("In how many of 256 bits two fingerprints of a look, or of its parts, differ. 0 is the same."),
    ),
    (
        gettext_lazy("Legal time, or clock"),
        gettext_lazy(
            "Until when a law, or the platform's own promise, wants something done. It is missed if its end passes "
            "first, even when it is done later."
        ),
    ),
    (
        gettext_lazy("Log"),
        gettext_lazy(
            "The list of everything that happened, in order. Each entry is bound into a tree of hashes (RFC 6962), so "
            "nothing in it can be changed later unseen."
        ),
    ),
    (
        gettext_lazy("Signed head, or checkpoint"),
        gettext_lazy("The desk's signature under the whole log as it was at one moment, by its Ed25519 key."),
    ),
    (
        gettext_lazy("Proof"),
        gettext_lazy(
            "The few hashes that lead from one entry to the signed head. It holds only if the entry is there."
        ),
    ),
    (gettext_lazy("UTC"), gettext_lazy("The world's common time. Rome is one hour ahead in winter, two in summer.")),
)


def glossary() -> list[tuple[str, ...]]:
    return [(str(word), str(meaning)) for word, meaning in GLOSSARY]


def event(name: str) -> str:
    return str(EVENTS[Event(name)]) if name in {known.value for known in EVENTS} else name


def actor(name: str) -> str:
    return str(ACTORS[name])


def about_full() -> list[str]:
    return [
        _(
            "This dossier was made by the desk named below for the police, a court or an authority. It tells what was "
            "reported to the desk, what was decided and done, and when, as the desk's records say it now."
        ),
        _(
            "It holds no picture and no name of anybody who works at the desk. What the reporter wrote is in it, with "
            "their contact if they gave one: keep it as you keep a complaint."
        ),
        _(
            "What is said in the report is the reporter's statement. Whether it is true is not proved here. When it "
            "was said, and that it was not changed since, is."
        ),
    ]


def about_own() -> list[str]:
    return [
        _(
            "This is your own file about your report: what you wrote, what was decided and done, and when. You can "
            "keep it, or hand it to the police, a lawyer, or somebody who helps you."
        ),
        _(
            "It holds no picture and no name of anybody who works at the desk. Whoever reads it learns what you "
            "reported: keep it where only you can open it."
        ),
        _("The police or an authority can ask the desk named below for a fuller one."),
    ]


def about_pictures() -> str:
    return _(
        "The pictures themselves were never sent: the reporter's device computed these numbers. With them anybody who "
        "has a file can tell whether it is the same."
    )


def about_clocks() -> str:
    return _("From when until when something was due, under which law, and whether it was done in time. Times are UTC.")


def about_seen() -> str:
    return _(
        "What was met on the platform, by its own name or address of it, or at a reported address. No picture was kept."
    )


def about_timeline(*, is_full: bool) -> str:
    if is_full:
        return _("Every entry of the desk's log about this case, in order. The number is its place in the log.")
    return _(
        "The entries of the desk's log about your case, in order, without those that somebody at the desk wrote. The "
        "number is its place in the log."
    )


def about_proofs() -> list[str]:
    return [
        _(
            "The same dossier as data is attached to this file under the name dossier.json: most PDF readers show it "
            "among the attachments. It holds a proof for each line of the time line."
        ),
        _(
            "The proofs are checked without asking the desk and without a network, with Argine's free software or with "
            "any program that knows RFC 6962 and Ed25519. Ask the desk for its key in another way than through this "
            "file, and compare:"
        ),
    ]


def seen(record: Mapping[str, Any]) -> str:
    """What one record of `sources` says."""
    return SEEN[record["what"]](record)


def _matched(record: Mapping[str, Any]) -> str:
    return _("%(what)s. Compared by %(how)s: distance %(distance)d, counts up to %(threshold)d.") % {
        "what": VERDICTS[Verdict(record["verdict"])],
        "how": HOW[SignalType(record["signal_type"])],
        "distance": record["distance"],
        "threshold": record["threshold"],
    }


def _seen_again(record: Mapping[str, Any]) -> str:
    return f"{Reappeared(record['state']).label} ({record['count']})"


def _page_recorded(record: Mapping[str, Any]) -> str:
    if record["problem"]:
        return _("A page was looked at: %(problem)s.") % {"problem": Problem(record["problem"]).label}
    return _("A page was recorded as words, without its media. The server answered %(status)d.") % {
        "status": record["status"]
    }


def _host_changed(record: Mapping[str, Any]) -> str:
    return "; ".join(str(Change(code).label) for code in record["changes"])


SEEN: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "upload_matched": _matched,
    "seen_again": _seen_again,
    "page_recorded": _page_recorded,
    "host_changed": _host_changed,
}
"""By the kind of record: what says it in a sentence."""


def place(record: Mapping[str, Any]) -> str:
    return "\n".join(text for text in (record["content_id"], record["content_url"]) if text) or "-"
