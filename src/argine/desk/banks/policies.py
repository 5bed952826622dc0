"""Does the state of a bank or an entry permit it?"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from argine.desk.banks.models import BankEntry
from argine.desk.core.errors import InvalidError, RefusedError

LONGEST_REASON = 500
PDQ_THRESHOLD_LIMIT = 63
MOST_FILM_FRAMES = 1000
WHOLE = 100


@dataclass(frozen=True, slots=True)
class FilmRule:
    """How much of a film must agree: so many moments, such a part of it, and such a part of the banked one."""

    film_frames: int = 1
    film_query_percent: int = 0
    film_entry_percent: int = 0


EVERY_FILM = FilmRule()


def check_thresholds(pdq_threshold: int, film: FilmRule = EVERY_FILM) -> None:
    """Refuse thresholds out of range.

    Raises:
        InvalidError: one is.
    """
    if not 0 <= pdq_threshold <= PDQ_THRESHOLD_LIMIT:
        raise InvalidError(f"A threshold is between 0 and {PDQ_THRESHOLD_LIMIT} bits.")
    if not 1 <= film.film_frames <= MOST_FILM_FRAMES:
        raise InvalidError(f"Between 1 and {MOST_FILM_FRAMES} moments of a film must agree.")
    if not all(0 <= percent <= WHOLE for percent in (film.film_query_percent, film.film_entry_percent)):
        raise InvalidError("A part of a film is 0 to 100 percent.")


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


def check_region(entry: BankEntry, region: list[int] | None, *, erased: bool, is_film: bool = False) -> None:
    """Judge another marked part, in ten-thousandths; None takes the mark away."""
    if is_film and region is not None:
        raise RefusedError(_("A part cannot be marked in a film: it moves."))
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
