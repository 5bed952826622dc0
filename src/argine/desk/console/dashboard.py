"""The dashboard in words: each figure as a chart with its table, and what it says in a sentence."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from argine.desk.cases.enums import Appellant
from argine.desk.console.charts import Chart, Item, Part, Table, bars, line
from argine.desk.console.wording import regime_title
from argine.desk.reports.figures import NO_CLOCK, Figures

LEFT = {
    0: gettext_lazy("overdue"),
    1: gettext_lazy("under 12 hours"),
    2: gettext_lazy("12 to 24 hours"),
    3: gettext_lazy("1 to 2 days"),
    4: gettext_lazy("2 to 7 days"),
    5: gettext_lazy("over 7 days"),
    NO_CLOCK: gettext_lazy("no clock waits"),
}
LEFT_TONES = {0: "bad", 1: "warn", NO_CLOCK: "soft"}
TOOK = {
    0: gettext_lazy("under 6 hours"),
    1: gettext_lazy("6 to 12 hours"),
    2: gettext_lazy("12 to 24 hours"),
    3: gettext_lazy("24 to 48 hours"),
    4: gettext_lazy("48 to 96 hours"),
    5: gettext_lazy("over 96 hours"),
}
SIDES = {Appellant.REPORTER: gettext_lazy("Of reporters"), Appellant.UPLOADER: gettext_lazy("Of uploaders")}
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure. Without a chart there is nothing to draw, and `empty` says why."""

    title: str
    chart: Chart | None
    empty: str


def panels(found: Figures) -> list[Panel]:
    return [
        Panel(_("Open cases, by the time that is left"), _left(found), _("No case is open.")),
        Panel(_("Clocks met and missed"), _kept(found), _("No clock was due in this time.")),
        Panel(_("Time from report to removal"), _took(found), _("Nothing was removed in this time.")),
        Panel(_("Open cases over time"), _backlog(found), _("These days are still to come.")),
        Panel(_("Appeals"), _appeals(found), _("No appeal was decided in this time, and none waits.")),
    ]


def _cases(count: int) -> str:
    return ngettext("%(count)d case", "%(count)d cases", count) % {"count": count}


def _left(found: Figures) -> Chart | None:
    if not found.left:
        return None
    names = {place: str(name) for place, name in LEFT.items()}
    shown = [place for place in LEFT if place in found.left or place != NO_CLOCK]
    items = [
        Item(names[place], [Part(found.left.get(place, 0), LEFT_TONES.get(place, "accent"))], _said(found.left, place))
        for place in shown
    ]
    late, whole = found.left.get(0, 0), sum(found.left.values())
    summary = _("%(open)s open, of these %(late)d overdue.") % {"open": _cases(whole), "late": late}
    rows = [(names[place], _said(found.left, place)) for place in shown]
    return bars("left", _("Open cases, by the time that is left"), summary, items, Table((_("Left"), _("Cases")), rows))


def _said(counts: dict[int, int], place: int) -> str:
    return str(counts.get(place, 0))


def _took(found: Figures) -> Chart | None:
    if not found.took:
        return None
    items = [
        Item(str(name), [Part(found.took.get(at, 0), "accent")], _said(found.took, at)) for at, name in TOOK.items()
    ]
    summary = _("%(cases)s removed for the first time; half of them within %(hours)s hours.") % {
        "cases": _cases(sum(found.took.values())),
        "hours": f"{found.took_median:g}",
    }
    rows = [(str(name), _said(found.took, at)) for at, name in TOOK.items()]
    return bars("took", _("Time from report to removal"), summary, items, Table((_("Time"), _("Cases")), rows))


def _kept(found: Figures) -> Chart | None:
    if not found.kept:
        return None
    items = [
        Item(
            regime_title(row.law),
            [Part(row.met, "good"), Part(row.missed, "bad"), Part(row.waiting, "soft")],
            f"{row.met} · {row.missed} · {row.waiting}",
        )
        for row in found.kept
    ]
    met, missed = sum(row.met for row in found.kept), sum(row.missed for row in found.kept)
    ended = met + missed
    summary = (
        _("Of %(ended)d that ended, %(percent)d %% were met. Beside each law: met · missed · still running.")
        % {"ended": ended, "percent": WHOLE * met // ended}
        if ended
        else _("None ended yet. Beside each law: met · missed · still running.")
    )
    rows = [(regime_title(row.law), str(row.met), str(row.missed), str(row.waiting)) for row in found.kept]
    head = (_("Law"), _("Met"), _("Missed"), _("Still running"))
    return bars("kept", _("Clocks met and missed"), summary, items, Table(head, rows))


def _backlog(found: Figures) -> Chart | None:
    if not found.backlog:
        return None
    (first, before), (last, after) = found.backlog[0], found.backlog[-1]
    summary = _("%(before)d open on %(first)s, %(after)d on %(last)s.") % {
        "before": before, "first": _day(first), "after": after, "last": _day(last),
    }  # fmt: skip
    points = [(_day(day), count) for day, count in found.backlog]
    rows = [(day, str(count)) for day, count in points]
    return line("backlog", _("Open cases over time"), summary, points, Table((_("End of the day"), _("Cases")), rows))


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"


def _appeals(found: Figures) -> Chart | None:
    if not found.appeals:
        return None
    items = [
        Item(
            str(SIDES[row.who]),
            [Part(row.overturned, "warn"), Part(row.upheld, "good"), Part(row.waiting, "soft")],
            f"{row.overturned} · {row.upheld} · {row.waiting}",
        )
        for row in found.appeals
    ]
    overturned = sum(row.overturned for row in found.appeals)
    decided = overturned + sum(row.upheld for row in found.appeals)
    summary = _(
        "%(overturned)d of %(decided)d decisions were overturned. Beside each side: overturned · upheld · waiting."
    ) % {"overturned": overturned, "decided": decided}
    rows = [(str(SIDES[row.who]), str(row.overturned), str(row.upheld), str(row.waiting)) for row in found.appeals]
    head = (_("Whose"), _("Overturned"), _("Upheld"), _("Waiting"))
    return bars("appeals", _("Appeals"), summary, items, Table(head, rows))
