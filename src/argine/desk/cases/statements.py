"""The statement of reasons that the platform owes its uploader (DSA Article 17), made from the decision alone.

It never names the reporter, nor repeats what the reporter wrote (recital 54).
"""

from typing import TypedDict

from argine.desk.banks.queries import sightings_of_case
from argine.desk.cases.enums import CaseState, Ground, Outcome
from argine.desk.cases.models import Decision
from argine.desk.core import time

COMPLAINT_MONTHS = 6


class Statement(TypedDict):
    """Fields named as Article 17(3) orders them; codes as in the DSA Transparency Database."""

    decision: str
    decided_at: str
    restriction: str
    facts: str
    source: str
    automated_detection: bool
    automated_decision: str
    ground: str
    legal_ground: str | None
    contract_ground: str | None
    explanation: str
    category: str
    keyword: str | None
    redress: list[str]


FACTS = {
    Ground.INTIMATE_WITHOUT_CONSENT: "A person states that an intimate picture of them was shared without "
    "their consent.",
    Ground.DEEPFAKE_WITHOUT_CONSENT: "A person states that an intimate picture that shows or seems to show them was "
    "altered or made with AI, and was shared without their consent.",
    Ground.TERMS: "The content was reported, and a reviewer found it to be against the platform's own rules.",
}
EXPLANATIONS = {
    Ground.INTIMATE_WITHOUT_CONSENT: "A reviewer found that sharing it without the consent of the person shown "
    "is unlawful.",
    Ground.DEEPFAKE_WITHOUT_CONSENT: "A reviewer found that sharing it without the consent of the person shown is "
    "unlawful, whether or not the picture is real.",
    Ground.TERMS: "A reviewer found that the content is not permitted by the platform's terms and conditions.",
}
KEYWORDS = {
    Ground.INTIMATE_WITHOUT_CONSENT: "KEYWORD_NON_CONSENSUAL_IMAGE_SHARING",
    Ground.DEEPFAKE_WITHOUT_CONSENT: "KEYWORD_NON_CONSENSUAL_MATERIAL_DEEPFAKE",
}
REDRESS = [
    f"Complain to the platform, free of charge, within {COMPLAINT_MONTHS} months; a person decides.",
    "Turn to a certified out-of-court dispute settlement body.",
    "Go to court.",
]


def statement_of(decision: Decision) -> Statement | None:
    """The statement for the uploader; None when nothing was restricted, by order (Article 17(5)), or about a minor."""
    ground = Ground(decision.ground)
    if decision.outcome != Outcome.REMOVE or ground == Ground.ORDERED or decision.case.state == CaseState.FROZEN:
        return None
    by_terms = ground == Ground.TERMS
    return Statement(
        decision=str(decision.id),
        decided_at=time.iso(decision.at),
        restriction="DECISION_VISIBILITY_CONTENT_REMOVED",
        facts=FACTS[ground],
        source="SOURCE_ARTICLE_16",
        automated_detection=bool(sightings_of_case(decision.case_id, limit=1)),
        automated_decision="AUTOMATED_DECISION_NOT_AUTOMATED",
        ground="DECISION_GROUND_INCOMPATIBLE_CONTENT" if by_terms else "DECISION_GROUND_ILLEGAL_CONTENT",
        legal_ground=None if by_terms else "Sharing of an intimate picture without the consent of the person shown",
        contract_ground="The platform's terms and conditions" if by_terms else None,
        explanation=EXPLANATIONS[ground],
        category="STATEMENT_CATEGORY_OTHER_VIOLATION_TC" if by_terms else "STATEMENT_CATEGORY_CYBER_VIOLENCE",
        keyword=KEYWORDS.get(ground),
        redress=REDRESS,
    )
