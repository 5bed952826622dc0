"""Does the state of an entry permit it?"""

from django.utils.translation import gettext as _

from argine.desk.banks.models import BankEntry
from argine.desk.core.errors import InvalidError, RefusedError

LONGEST_REASON = 500


def check_erase_alone(entry: BankEntry) -> None:
    """Refuse to erase, apart from its case, what a notice brought in: the case would no longer be what was received."""
    if entry.case_id is not None:
        raise RefusedError("It belongs to a case: its signals are erased when the case is withdrawn.")


def check_undo(entry: BankEntry) -> None:
    """Refuse to undo apart from its case what a decision put there, and what is undone or was never live again."""
    if entry.case_id is not None:
        raise RefusedError(_("It belongs to a case: replace that case's decision, which restores what it stopped."))
    if entry.withdrawn_at is not None:
        raise RefusedError(_("It was taken out of matching already."))


def check_region(entry: BankEntry, region: list[int] | None, *, erased: bool) -> None:
    """Judge another marked part, in ten-thousandths; None takes the mark away."""
    if erased:
        raise RefusedError(_("This picture's fingerprints were erased: there is nothing to mark."))
    if entry.region == region:
        raise RefusedError(_("Just this part is marked already.") if region else _("No part is marked."))


def check_reason(reason: str) -> None:
    """Whoever reads the record later wants to know why."""
    problem = ""
    if not reason.strip():
        problem = _("Say why: it stays on record.")
    elif len(reason) > LONGEST_REASON:
        problem = _("This is too long: at most %(count)d characters.") % {"count": LONGEST_REASON}
    if problem:
        raise InvalidError(problem, fields={"reason": problem})
