"""What was met again of content that was removed: how often uploads were stopped, and copies that wait for a look."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from argine.desk.cases import policies, reappearances
from argine.desk.cases.drafts import is_web_address
from argine.desk.cases.enums import Reappeared
from argine.desk.cases.models import Case, Reappearance
from argine.desk.console.access import refusal


@dataclass(frozen=True, slots=True)
class AgainLine:
    """`link` leads to the platform's own copy; `cannot` says why it is not to be judged (any more)."""

    id: UUID
    at: datetime
    what: str
    count: int
    content_id: str
    link: str
    waits: bool
    cannot: str


def of(case: Case) -> list[AgainLine]:
    return [_line(case, row) for row in reappearances.of_case(case)]


def _line(case: Case, row: Reappearance) -> AgainLine:
    return AgainLine(
        id=row.id,
        at=row.at,
        what=str(Reappeared(row.state).label),
        count=row.count,
        content_id=row.content_id,
        link=row.content_url if is_web_address(row.content_url) else "",
        waits=row.state == Reappeared.WAITING,
        cannot=refusal(partial(policies.check_decide_reappearance, case, row)),
    )
