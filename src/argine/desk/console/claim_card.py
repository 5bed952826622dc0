"""Who works on a case now, and how two people voted once both have."""

from dataclasses import dataclass
from datetime import datetime

from argine.desk.cases import queries, votes
from argine.desk.cases.enums import CaseState, Ground, Outcome
from argine.desk.cases.models import Case
from argine.desk.console import wording
from argine.desk.core.actor import Actor


@dataclass(frozen=True, slots=True)
class VoteLine:
    at: datetime
    who: str
    outcome: str
    ground: str
    reasons: str


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """`who` is empty while nobody has taken the case. The votes are empty while one is still to come."""

    who: str
    is_mine: bool
    until: datetime | None
    votes: list[VoteLine]


def of(case: Case, viewer: Actor) -> ClaimCard:
    claim = queries.claim_of(case)
    cast = [] if case.state == CaseState.HELD else votes.of_case(case)
    names = wording.who([*(vote.by for vote in cast), *([claim.by] if claim else [])])
    return ClaimCard(
        who=names[claim.by] if claim else "",
        is_mine=claim is not None and claim.by == viewer,
        until=claim.until if claim else None,
        votes=[
            VoteLine(
                vote.at, names[vote.by], str(Outcome(vote.outcome).label), str(Ground(vote.ground).label), vote.reasons
            )
            for vote in cast
        ],
    )
