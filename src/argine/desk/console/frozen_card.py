"""A case that was stopped because the person shown was under 18: where to turn, and who keeps what until when."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Case
from argine.desk.console import wording
from argine.law.routes import Audience, routes_for


@dataclass(frozen=True, slots=True)
class Kept:
    reference: str
    law: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class FrozenCard:
    routes: list[tuple[str, str, str]]
    kept: list[Kept]


def of(case: Case) -> FrozenCard | None:
    if case.state != CaseState.FROZEN:
        return None
    language = get_language() or "en"
    found = routes_for(Audience.MINOR, case.country or None)
    return FrozenCard(
        routes=[(route.name, route.text.in_language(language), route.address or "") for route in found],
        kept=[
            Kept(row.reference, wording.regime_title(row.regime) if row.regime else "", row.starts_at, row.ends_at)
            for row in case.preservations.order_by("told_at")
        ],
    )
