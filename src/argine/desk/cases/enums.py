"""The life of a case, as one table; the diagram in the docs is made from it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseKind(models.TextChoices):
    NOTICE = "notice", _("Notice of a person")
    ORDER = "order", _("Order of an authority")


class CaseState(models.TextChoices):
    RECEIVED = "received", _("Waiting for review")
    WAITING = "waiting", _("Waiting for the reporter")
    HELD = "held", _("Waiting for a second reviewer")
    DISPUTED = "disputed", _("Two reviewers disagree")
    REMOVAL = "removal", _("Removal decided")
    REMOVED = "removed", _("Removed")
    KEPT = "kept", _("Not removed")
    APPEALED = "appealed", _("Appealed by the reporter")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    FROZEN = "frozen", _("Stopped: about somebody under 18")


TRANSITIONS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.RECEIVED: frozenset(
        {CaseState.WAITING, CaseState.HELD, CaseState.REMOVAL, CaseState.KEPT, CaseState.WITHDRAWN, CaseState.FROZEN}
    ),
    CaseState.WAITING: frozenset(
        {CaseState.RECEIVED, CaseState.HELD, CaseState.REMOVAL, CaseState.KEPT, CaseState.WITHDRAWN, CaseState.FROZEN}
    ),
    # Four eyes: two votes that agree make the decision; where they do not, a supervisor takes it.
    CaseState.HELD: frozenset(
        {CaseState.DISPUTED, CaseState.REMOVAL, CaseState.KEPT, CaseState.WITHDRAWN, CaseState.FROZEN}
    ),
    CaseState.DISPUTED: frozenset({CaseState.REMOVAL, CaseState.KEPT, CaseState.WITHDRAWN, CaseState.FROZEN}),
    # A decision can be replaced by another (an override): the first one stays on record.
    CaseState.REMOVAL: frozenset({CaseState.REMOVED, CaseState.KEPT, CaseState.WITHDRAWN, CaseState.FROZEN}),
    # It appeared again: what was decided is to be done once more.
    CaseState.REMOVED: frozenset({CaseState.REMOVAL, CaseState.KEPT, CaseState.WITHDRAWN, CaseState.FROZEN}),
    # The reporter may appeal: another reviewer looks. An uploader's appeal leaves the state as it is.
    CaseState.KEPT: frozenset({CaseState.APPEALED, CaseState.REMOVAL, CaseState.WITHDRAWN, CaseState.FROZEN}),
    CaseState.APPEALED: frozenset({CaseState.KEPT, CaseState.REMOVAL, CaseState.WITHDRAWN, CaseState.FROZEN}),
    CaseState.WITHDRAWN: frozenset(),
    # From anywhere, at once: no desk may go on with a picture of somebody under 18.
    CaseState.FROZEN: frozenset(),
}

OPEN = frozenset(
    {
        *(CaseState.RECEIVED, CaseState.WAITING, CaseState.HELD, CaseState.DISPUTED),
        *(CaseState.REMOVAL, CaseState.APPEALED),
    }
)
# Nothing is done any more, and the fingerprints are erased.
ENDED = frozenset({CaseState.WITHDRAWN, CaseState.FROZEN})
DECIDABLE = frozenset({CaseState.RECEIVED, CaseState.WAITING})


class Appellant(models.TextChoices):
    """Who appeals: the uploader against a removal, the reporter against a refusal."""

    REPORTER = "reporter", _("Reporter")
    UPLOADER = "uploader", _("Uploader")


class AppealState(models.TextChoices):
    OPEN = "open", _("Waiting for another reviewer")
    UPHELD = "upheld", _("The decision stands")
    OVERTURNED = "overturned", _("The decision was overturned")
    CLOSED = "closed", _("Closed: there is nothing left to decide")


APPEAL_TRANSITIONS: dict[AppealState, frozenset[AppealState]] = {
    # Closed: the report was taken back, or the decision was replaced in another way.
    AppealState.OPEN: frozenset({AppealState.UPHELD, AppealState.OVERTURNED, AppealState.CLOSED}),
    AppealState.UPHELD: frozenset(),
    AppealState.OVERTURNED: frozenset(),
    AppealState.CLOSED: frozenset(),
}


class Capacity(models.TextChoices):
    DEPICTED_PERSON = "depicted_person", _("I am the person shown")
    REPRESENTATIVE = "representative", _("I act for the person shown")


class Mail(models.TextChoices):
    """What a reporter wants to get by e-mail. Whoever shares a mailbox may want nothing, or nothing that says much."""

    NONE = "none", _("No e-mail. I look here with my case code.")
    NEWS = "news", _("Only that there is news, without a word of what it is about.")
    LETTERS = "letters", _("Whole letters: what was decided, and why.")


class Nature(models.TextChoices):
    REAL = "real", _("A real picture")
    ALTERED = "altered", _("Altered, or made with AI")
    THREATENED = "threatened", _("Somebody threatens to share it")
    UNKNOWN = "unknown", _("I do not know")


class Outcome(models.TextChoices):
    REMOVE = "remove", _("Remove")
    KEEP = "keep", _("Keep")


class Ground(models.TextChoices):
    """Why. `GROUNDS` says which go with which outcome."""

    INTIMATE_WITHOUT_CONSENT = "intimate_without_consent", _("Intimate picture shared without consent")
    DEEPFAKE_WITHOUT_CONSENT = (
        "deepfake_without_consent",
        _("Altered or AI-made intimate picture, without consent"),
    )
    TERMS = "terms", _("Against the platform's own rules")
    NOT_INTIMATE = "not_intimate", _("Not an intimate picture")
    NOT_ENTITLED = "not_entitled", _("The reporter is neither the person shown nor acts for them")
    CONSENT_SHOWN = "consent_shown", _("Shared with consent")
    NOT_FOUND = "not_found", _("Nothing was found at the place reported")
    ORDERED = "ordered", _("An authority ordered it")
    ORDER_VOID = "order_void", _("The order was revoked, or cannot be carried out")


# The grounds of an authority's order, and of no other case.
ORDER_GROUNDS = frozenset({Ground.ORDERED, Ground.ORDER_VOID})


GROUNDS: dict[Outcome, frozenset[Ground]] = {
    Outcome.REMOVE: frozenset(
        {Ground.INTIMATE_WITHOUT_CONSENT, Ground.DEEPFAKE_WITHOUT_CONSENT, Ground.TERMS, Ground.ORDERED}
    ),
    Outcome.KEEP: frozenset(
        {Ground.NOT_INTIMATE, Ground.NOT_ENTITLED, Ground.CONSENT_SHOWN, Ground.NOT_FOUND, Ground.ORDER_VOID}
    ),
}


class Basis(models.TextChoices):
    """What the reviewer had seen when deciding: a hash shows nothing, so this is said and kept."""

    OWN_COPY = "own_copy", _("I looked at the platform's own copy")
    ADDRESS = "address", _("I looked at the reported address")
    STATEMENT = "statement", _("I have not seen a copy; I decide on the statement alone")
    ORDER = "order", _("The authority's order, which I have checked")


class ReplyUse(models.TextChoices):
    """Where a saved reply is offered."""

    REASONS = "reasons", _("Reasons of a decision")
    QUESTION = "question", _("Questions and messages to the reporter")


class Reappeared(models.TextChoices):
    """How content that was removed was met again, and what came of it."""

    STOPPED = "stopped", _("Uploads of it were stopped")
    WAITING = "waiting", _("A copy waits for review")
    CONFIRMED = "confirmed", _("It appeared again")
    REJECTED = "rejected", _("It was something else")


REAPPEARED_TRANSITIONS: dict[Reappeared, frozenset[Reappeared]] = {
    Reappeared.WAITING: frozenset({Reappeared.CONFIRMED, Reappeared.REJECTED}),
    Reappeared.STOPPED: frozenset(),
    Reappeared.CONFIRMED: frozenset(),
    Reappeared.REJECTED: frozenset(),
}


class Misuse(models.TextChoices):
    """A step against frequent reports that are manifestly unfounded, in the order in which they may follow."""

    FINDING = "finding", _("Found to be manifestly unfounded")
    WARNING = "warning", _("Warned")
    SUSPENSION = "suspension", _("Processing suspended")


class Shared(models.TextChoices):
    """What two cases share."""

    FILE = "file", _("The same file")
    LOOK = "look", _("The same look")
    PARTS = "parts", _("The same parts of a picture: an edited copy")
    ADDRESS = "address", _("The same address")


class Author(models.TextChoices):
    REPORTER = "reporter", _("Reporter")
    STAFF = "staff", _("Desk")


class Measure(models.TextChoices):
    REMOVED = "removed", _("Removed")
    DISABLED = "disabled", _("Made inaccessible")
    UPLOAD_BLOCKED = "upload_blocked", _("Upload blocked; no copy is online")
    KEPT = "kept", _("Left online")
    RESTORED = "restored", _("Put back online")


# The measures that do what a removal decision asks.
REMOVING = frozenset({Measure.REMOVED, Measure.DISABLED, Measure.UPLOAD_BLOCKED})
