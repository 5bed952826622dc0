"""Until when a decision may be challenged, and by whom. Somebody else decides it: who decided never reviews it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from argine.law.duty import Basis, basis_of
from argine.law.facts import in_utc
from argine.law.months import months_after
from argine.law.regime import Appeal, Regime
from argine.law.terms import Appellant, Moment, OnlyIf

# Against what each may appeal: the uploader against a removal, the reporter against a refusal.
CHALLENGED_BY = {Moment.REMOVED: Appellant.UPLOADER, Moment.REFUSED: Appellant.REPORTER}


@dataclass(frozen=True, slots=True)
class AppealWindow:
    """One way to challenge a decision. `until` is in UTC; None where the law gives no period."""

    who: Appellant
    until: datetime | None
    expedited: bool
    another_reviewer: bool
    basis: Basis
    note: str


def windows(
    decided_at: datetime, outcome: Moment, regimes: Iterable[Regime], *, service_is_small: bool = False
) -> tuple[AppealWindow, ...]:
    """Return the ways to challenge a decision: those that go first, then the longest open; no period last.

    Args:
        decided_at: when it was decided, in UTC.
        outcome: REMOVED or REFUSED; anything else can be challenged by nobody.
        regimes: those that apply.
        service_is_small: the service is a micro or small enterprise.

    Raises:
        ValueError: the time is not in UTC.
    """
    in_utc(decided_at)
    found = _windows(decided_at, CHALLENGED_BY.get(outcome), regimes, service_is_small=service_is_small)
    return tuple(sorted(found, key=_order))


def open_until(found: Iterable[AppealWindow], who: Appellant) -> datetime | None:
    """Return the last instant at which somebody may still appeal under any law; None if no law gives a period."""
    return max((w.until for w in found if w.who is who and w.until is not None), default=None)


def applies(appeal: Appeal, *, service_is_small: bool) -> bool:
    return not (appeal.only_if is OnlyIf.NOT_SMALL and service_is_small)


def _windows(
    decided_at: datetime, who: Appellant | None, regimes: Iterable[Regime], *, service_is_small: bool
) -> Iterator[AppealWindow]:
    for regime in regimes:
        appeal = regime.appeal
        if appeal is None or who not in appeal.who or not regime.in_force_on(decided_at.date()):
            continue
        if applies(appeal, service_is_small=service_is_small):
            yield _window(decided_at, who, regime, appeal)


def _window(decided_at: datetime, who: Appellant, regime: Regime, appeal: Appeal) -> AppealWindow:
    return AppealWindow(
        who=who,
        until=None if appeal.months is None else months_after(decided_at, appeal.months),
        expedited=appeal.expedited and who is Appellant.REPORTER,
        another_reviewer=appeal.another_reviewer,
        basis=basis_of(regime, appeal.ref, appeal.mark),
        note=appeal.note,
    )


def _order(window: AppealWindow) -> tuple[bool, bool, float, str]:
    longest = -window.until.timestamp() if window.until else 0.0
    return (not window.expedited, window.until is None, longest, window.basis.regime_id or "")
