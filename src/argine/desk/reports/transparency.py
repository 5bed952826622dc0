"""The transparency report that the EU asks for (DSA Article 15; Implementing Regulation (EU) 2024/2835).

Its eleven parts, in order. Sections 4 to 7 have the columns of the template as platforms filed it; of the others the
columns were not read, and theirs here are our own.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from django.conf import settings

from argine.desk.cases.duties import switched_on
from argine.desk.cases.enums import AppealState, Appellant
from argine.desk.cases.models import Appeal, Order
from argine.desk.core import time
from argine.desk.reports import categories, facts
from argine.desk.reports.categories import Place
from argine.desk.reports.facts import ActionFact, Facts
from argine.desk.reports.period import Period
from argine.desk.reports.sheets import Cell, Sheet
from argine.law.schema import load_all

UNION = "EU"
NOT_RECORDED = "Not recorded by this desk"
NO_FLAGGERS = "This desk marks no notices of trusted flaggers"
IN_HOURS = "In hours, from receipt to the first action on a notice"

START = ("Applicability", "Service", "Reporting period")
PLACE = ("Category of illegal content", 'Description of the sub-category "Other"')
RESTRICTIONS = (
    *(f"Visibility restriction: {name}" for name in ("Removal", "Disable", "Demoted", "Age restricted",
                                                       "Interaction restricted", "Labelled", "Other")),
    *(f"Monetary restriction: {name}" for name in ("Suspension", "Termination", "Other")),
    *(f"Provision of the service: {name}" for name in ("Suspension", "Termination")),
    *(f"Account restriction: {name}" for name in ("Suspension", "Termination")),
)  # fmt: skip


def report(period: Period) -> list[Sheet]:
    """All parts of the report about a period, counted from the cases now."""
    found = facts.of(period)
    return [
        _identification(period),
        _names(),
        _orders(found),
        _notices(found),
        _own_initiative(found, by_law=True),
        _own_initiative(found, by_law=False),
        _appeals(found),
        _automated(found),
        *_not_owed(period),
        _qualitative(),
    ]


def _start(period: Period) -> tuple[str, str, str]:
    return "applicable", settings.CONFIG.platform_name, period.text


def _identification(period: Period) -> Sheet:
    rows = [
        ("Name of the service", settings.CONFIG.platform_name),
        ("Contact", settings.CONFIG.platform_contact),
        ("Reporting period", period.text),
        ("Date of this report", f"{time.now():%Y-%m-%d}"),
        ("Laws whose notices are counted", ", ".join(regime.id for regime in switched_on())),
    ]
    return Sheet("01_report_identification", "Report identification", ("Field", "Value"), rows)


def _names() -> Sheet:
    rows = [(name, keyword) for name in categories.CATEGORIES for keyword in ("", *categories.KEYWORDS.get(name, ()))]
    return Sheet("02_categories_names", "Names of the categories", ("Category", "Sub-category"), rows)


def _places() -> Iterator[Place]:
    yield "TOTAL", ""
    for name in categories.CATEGORIES:
        yield name, ""
        yield from ((name, keyword) for keyword in categories.KEYWORDS.get(name, ()))


def _head(period: Period, place: Place) -> tuple[Cell, ...]:
    other = categories.WHAT_OTHER_IS[place[0]] if place[1] == categories.OTHER else ""
    return (*_start(period), place[1] or place[0], other)


def _with_context(columns: Sequence[str]) -> list[str]:
    """Each number has a column beside it for what explains it."""
    return [name for column in columns for name in (column, f"Contextual information on {column}")]


def _orders(found: Facts) -> Sheet:
    columns = ("Number of orders to act", "Number of items in orders", "Median time to give effect (hours)")
    states = sorted({_state(order) for order in found.orders})
    rows: list[Sequence[Cell]] = []
    for state in ("TOTAL", *states):
        orders = [order for order in found.orders if state in {"TOTAL", _state(order)}]
        items = sum(max(order.addresses.count(), 1) for order in orders)
        took = [span for order in orders if (span := _effect(order)) is not None]
        rows.append((*_start(found.period), state, len(orders), items, facts.hours(took)))
    header = (*START, "Member State", *columns)
    note = "By the country of the law that an order names; a law of the Union itself stands under EU."
    return Sheet("03_member_states_orders", "Orders of authorities", header, rows, note)


def _state(order: Order) -> str:
    regime = load_all().get(order.regime)
    return regime.jurisdiction[0] if regime else UNION


def _effect(order: Order) -> timedelta | None:
    first = (
        order.case.decisions.filter(actions__isnull=False).order_by("actions__at").values_list("actions__at").first()
    )
    return first[0] - order.received_at if first else None


def _notices(found: Facts) -> Sheet:
    notices = facts.by_place([notice.place for notice in found.notices])
    items = facts.by_place([notice.place for notice in found.notices for _ in range(notice.items)])
    by_law = facts.by_place([action.place for action in found.actions if action.by_law])
    by_terms = facts.by_place([action.place for action in found.actions if not action.by_law])
    rows = []
    for place in _places():
        took = facts.hours([action.took for action in found.actions if action.took is not None and _in(action, place)])
        numbers: list[Cell] = [
            *(notices[place], "", 0, NO_FLAGGERS, items[place], "", 0, NO_FLAGGERS),
            *(took, IN_HOURS if took != "" else "", "", NO_FLAGGERS),
            *(by_law[place], "", 0, NO_FLAGGERS, by_terms[place], "", 0, NO_FLAGGERS),
        ]
        rows.append((*_head(found.period, place), *numbers))
    columns = [
        *("Number of notices received", "Number of notices received from Trusted flaggers"),
        "Number of specific items of information in notices",
        "Number of specific items of information in notices from Trusted flaggers",
        *("Median time to take action", "Median time to take action for Trusted flaggers"),
        "Number of actions taken on the basis of the law",
        "Number of actions taken on the basis of the law for Trusted flaggers",
        "Number of actions taken on the basis of the terms and conditions",
        "Number of actions taken on the basis of the terms and conditions for Trusted flaggers",
    ]
    note = "Notices by what the reporter said it is; actions by what was found. One removal of one copy is one action."
    return Sheet("04_notices", "Notices", (*START, *PLACE, *_with_context(columns)), rows, note)


def _in(action: ActionFact, place: Place) -> bool:
    category, keyword = place
    return category in {"TOTAL", action.place[0]} and keyword in {"", action.place[1]}


def _own_initiative(found: Facts, *, by_law: bool) -> Sheet:
    """Uploads that a fingerprint stopped: detected and stopped by machine, on the ground that a person had decided."""
    counts = facts.by_place([stop.place for stop in found.stopped if stop.by_law == by_law])
    rows = []
    for place in _places():
        others = [cell for _ in RESTRICTIONS[1:] for cell in (0, "")]
        numbers: list[Cell] = [counts[place], "", counts[place], "", counts[place], "Upload stopped", *others]
        rows.append((*_head(found.period, place), *numbers))
    columns = (
        *("Number of measures taken at own initiative", "Number after detection with solely automated means"),
        *RESTRICTIONS,
    )
    number, name = ("05", "illegal") if by_law else ("06", "TC")
    title = "Own initiative: illegal content" if by_law else "Own initiative: terms and conditions"
    note = "Uploads that matched a fingerprint of something a person had decided to remove."
    header = (*START, *PLACE, *_with_context(columns))
    return Sheet(f"{number}_own_initiative_{name}", title, header, rows, note)


INDICATORS: dict[str, Appellant | None] = {
    "Complaints on restrictions of visibility, including removal": Appellant.UPLOADER,
    "Complaints on the provision of the service": None,
    "Complaints on the account": None,
    "Complaints on monetisation": None,
    "Complaints on a decision not to act on a notice (Article 16)": Appellant.REPORTER,
    "Complaints on a decision not to act on a notice of a Trusted flagger": None,
}
SCOPES: dict[str, Callable[[list[Appeal]], Cell]] = {
    "Total number": len,
    "Decisions upheld": lambda appeals: _count(appeals, AppealState.UPHELD),
    "Decisions partially reversed": lambda _: 0,
    "Decisions reversed": lambda appeals: _count(appeals, AppealState.OVERTURNED),
    "Decision omitted": lambda appeals: _count(appeals, AppealState.CLOSED),
    "Median time": lambda appeals: facts.hours(_times(appeals)),
}
OUTSIDE = ("Out-of-court bodies", "Disputes submitted to out-of-court bodies")
SUSPENDED = ("manifestly illegal content", "manifestly unfounded notices", "manifestly unfounded complaints")


def _count(appeals: list[Appeal], state: AppealState) -> int:
    return sum(appeal.state == state for appeal in appeals)


def _times(appeals: list[Appeal]) -> list[timedelta]:
    decided = {AppealState.UPHELD, AppealState.OVERTURNED}
    return [appeal.decided_at - appeal.at for appeal in appeals if appeal.decided_at and appeal.state in decided]


def _appeals(found: Facts) -> Sheet:
    inside = "Internal complaints mechanism"
    rows: list[Sequence[Cell]] = []
    groups = {"All complaints": found.appeals}
    groups |= {name: [appeal for appeal in found.appeals if appeal.who == who] for name, who in INDICATORS.items()}
    for name, appeals in groups.items():
        rows += [(*_start(found.period), inside, name, scope, count(appeals), "") for scope, count in SCOPES.items()]
    outside = (
        "Total number",
        "Decisions upheld",
        "Decisions reversed",
        "Median time",
        "Percentage of outcomes implemented",
    )
    rows += [(*_start(found.period), *OUTSIDE, scope, "", NOT_RECORDED) for scope in outside]
    repeated = "Suspensions of repeated offenders"
    rows += [(*_start(found.period), repeated, f"For {why}", "Total number", "", NOT_RECORDED) for why in SUSPENDED]
    header = (*START, "Section", "Indicator", "Scope", "Value", "Contextual information")
    return Sheet("07_appeals_and_recidivism", "Appeals and recidivism", header, rows, "Times are medians in hours.")


def _automated(found: Facts) -> Sheet:
    removals = [appeal for appeal in found.appeals if appeal.who == Appellant.UPLOADER]
    rows: list[Sequence[Cell]] = [
        (*_start(found.period), "Uploads stopped by a fingerprint", len(found.stopped), ""),
        (*_start(found.period), "Complaints of uploaders", len(removals), ""),
        (
            *_start(found.period),
            "Of these, decisions reversed",
            _count(removals, AppealState.OVERTURNED),
            "The only measure of error that the desk has: nobody tells it of wrong matches without a complaint",
        ),
    ]
    header = (*START, "Indicator", "Value", "Contextual information")
    return Sheet("08_automated_means", "Automated means", header, rows)


def _not_owed(period: Period) -> list[Sheet]:
    """Owed by very large platforms only (Article 42)."""
    start = ("not applicable", *_start(period)[1:])
    text = "For very large online platforms and search engines"
    header = (*START, "Contextual information")
    return [
        Sheet("09_human_resources", "Human resources", header, [(*start, text)]),
        Sheet("10_AMAR", "Average monthly active recipients", header, [(*start, text)]),
    ]


QUALITATIVE = (
    (
        "Summary of content moderation at own initiative",
        "Uploads are compared with fingerprints of pictures that a person decided to remove, and with nothing else.",
    ),
    (
        "Automated means",
        (
            "Fingerprints (perceptual hashes) of a picture are compared with those banked. No model judges content; no "
            "face is recognised."
        ),
    ),
    (
        "Purposes",
        "To find copies of intimate pictures that were shared without the consent of the person shown.",
    ),
    (
        "Indicators of accuracy and possible rate of error",
        (
            "A copy is recognised within a fixed distance of its fingerprint; the distance of each match is kept. What "
            "is not sure comes to a person. See section 8 for decisions reversed."
        ),
    ),
    (
        "Safeguards",
        (
            "A stranger's fingerprint never blocks anything before a person has decided; whoever is acted against gets "
            "reasons and an appeal that somebody else decides."
        ),
    ),
)


def _qualitative() -> Sheet:
    return Sheet("11_qualitative", "Qualitative information", ("Indicator", "Text"), QUALITATIVE)
