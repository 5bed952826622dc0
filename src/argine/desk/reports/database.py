"""Statements of reasons as the DSA Transparency Database takes them (Article 24(5)).

One record for each removal that was carried out, by the fields of its API (version 1). It is made from the decision,
the actions and the dates alone: no text that a person wrote is in it, so no personal data can be. The schema to check
it against is `dsa-statement.schema.json`, written from the documentation of the database.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal, NotRequired, TypedDict

from django.db.models import Q

from argine.desk.banks.queries import entries_of_case, sightings_of_case
from argine.desk.cases.enums import REMOVING, Ground, Measure, Outcome
from argine.desk.cases.models import Action, Decision
from argine.desk.cases.statements import Statement, statement_of
from argine.desk.reports.period import Period
from argine.signals.types import SignalType

# What one request of the database's API may carry.
MOST_IN_REQUEST = 100
CONTENT_REMOVED = "DECISION_VISIBILITY_CONTENT_REMOVED"
CONTENT_DISABLED = "DECISION_VISIBILITY_CONTENT_DISABLED"
WHY_NOT_PERMITTED = "The content is not permitted by the terms and conditions that the uploader agreed to."
UNKNOWN_KIND = "A picture or a film: the service that keeps this record holds fingerprints only."

ALL = Q()
YesNo = Literal["Yes", "No"]


class Record(TypedDict):
    """The fields that are used here, of those that the database knows."""

    decision_visibility: list[str]
    decision_ground: str
    illegal_content_legal_ground: NotRequired[str]
    illegal_content_explanation: NotRequired[str]
    incompatible_content_ground: NotRequired[str]
    incompatible_content_explanation: NotRequired[str]
    incompatible_content_illegal: NotRequired[YesNo]
    content_type: list[str]
    content_type_other: NotRequired[str]
    category: str
    category_specification: NotRequired[list[str]]
    content_date: str
    application_date: str
    end_date_visibility_restriction: NotRequired[str]
    decision_facts: str
    source_type: str
    automated_detection: YesNo
    automated_decision: str
    puid: str


def records(period: Period, which: Q = ALL) -> Iterator[Record]:
    """The records of the removals, of these, that were carried out first within a period, by their decisions' order."""
    found = Decision.objects.filter(
        which, outcome=Outcome.REMOVE, actions__at__lt=period.end, actions__measure__in=REMOVING
    )
    for decision in found.distinct().select_related("case").order_by("seq").iterator(chunk_size=100):
        applied_at = _carried_out(decision)[0].at
        if applied_at in period and (record := record_of(decision)) is not None:
            yield record


def requests(period: Period) -> Iterator[list[Record]]:
    """The same, in lots that one request may carry."""
    lot: list[Record] = []
    for record in records(period):
        lot.append(record)
        if len(lot) == MOST_IN_REQUEST:
            yield lot
            lot = []
    if lot:
        yield lot


def record_of(decision: Decision) -> Record | None:
    """The record of one decision; None where there is no statement, or nothing was restricted yet."""
    statement, done = statement_of(decision), _carried_out(decision)
    if statement is None or not done:
        return None
    record = _common(decision, statement, done)
    if ended := _ended_on(decision):
        record["end_date_visibility_restriction"] = ended
    if statement["contract_ground"] is not None:
        record["incompatible_content_ground"] = statement["contract_ground"]
        record["incompatible_content_explanation"] = WHY_NOT_PERMITTED
        record["incompatible_content_illegal"] = "No"
    else:
        record["illegal_content_legal_ground"] = statement["legal_ground"] or ""
        record["illegal_content_explanation"] = statement["explanation"]
    if statement["keyword"] is not None:
        record["category_specification"] = [statement["keyword"]]
    return record


def _common(decision: Decision, statement: Statement, done: list[Action]) -> Record:
    kinds = _content_types(decision)
    record = Record(
        decision_visibility=_restrictions(done),
        decision_ground=statement["ground"],
        content_type=kinds,
        category=statement["category"],
        content_date=_met_on(decision, done).isoformat(),
        application_date=done[0].at.date().isoformat(),
        decision_facts=statement["facts"],
        source_type=statement["source"],
        automated_detection="Yes" if statement["automated_detection"] else "No",
        automated_decision=statement["automated_decision"],
        puid=str(decision.id),
    )
    if "CONTENT_TYPE_OTHER" in kinds:
        record["content_type_other"] = UNKNOWN_KIND
    return record


def _carried_out(decision: Decision) -> list[Action]:
    return list(Action.objects.filter(decision=decision, measure__in=REMOVING).order_by("at"))


def _restrictions(done: list[Action]) -> list[str]:
    disabled_only = {action.measure for action in done} == {Measure.DISABLED}
    return [CONTENT_DISABLED if disabled_only else CONTENT_REMOVED]


def _content_types(decision: Decision) -> list[str]:
    """Of a picture or film the desk knows its signals only: that it has a look tells that it is one."""
    signals = {row.type for entry in entries_of_case(decision.case_id) for row in entry.signals.all()}
    kinds = ["CONTENT_TYPE_IMAGE"] if signals & {SignalType.PDQ, SignalType.PATCH} else []
    kinds += ["CONTENT_TYPE_VIDEO"] if SignalType.VIDEO in signals else []
    if decision.ground == Ground.DEEPFAKE_WITHOUT_CONSENT:
        kinds.append("CONTENT_TYPE_SYNTHETIC_MEDIA")
    return kinds or ["CONTENT_TYPE_OTHER"]


def _met_on(decision: Decision, done: list[Action]) -> date:
    """When it was put online is not known here: the first day on which the desk learned of it, which is no earlier."""
    moments: list[datetime] = [notice.received_at for notice in decision.case.notices.all()]
    moments += [sighting.at for sighting in sightings_of_case(decision.case_id)]
    return min([*moments, done[0].at]).date()


def _ended_on(decision: Decision) -> str:
    """When the restriction ended: another decision took this one's place, and lets it stay."""
    later = Decision.objects.filter(overrides=decision, outcome=Outcome.KEEP).first()
    return later.at.date().isoformat() if later else ""
