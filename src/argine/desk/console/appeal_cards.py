"""The appeals of a case, as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from argine.desk.cases import appeals
from argine.desk.cases.enums import AppealState, Appellant, Basis
from argine.desk.cases.models import Appeal, Case
from argine.desk.console import wording
from argine.desk.console.access import refusal
from argine.desk.console.forms import AppealForm
from argine.desk.console.queue import Badge
from argine.desk.core.actor import Actor

TONES = {AppealState.OPEN: "accent", AppealState.OVERTURNED: "warn"}


@dataclass(frozen=True, slots=True)
class AppealCard:
    """`form` is None once it is decided; `why_not` says why this person cannot decide it."""

    id: UUID
    title: str
    state: Badge
    expedited: bool
    at: datetime
    text: str
    content: str
    decided_at: datetime | None
    who: str
    basis: str
    reasons: str
    same_person: bool
    form: AppealForm | None
    why_not: str


def of(case: Case, viewer: Actor, bound: Mapping[UUID, AppealForm]) -> list[AppealCard]:
    """One card each; `bound` holds forms that were sent and need a change."""
    found = appeals.of_case(case)
    names = wording.who(appeal.decided_by for appeal in found if appeal.decided_by)
    return [_card(appeal, viewer, bound, names) for appeal in found]


def _card(appeal: Appeal, viewer: Actor, bound: Mapping[UUID, AppealForm], names: dict[str, str]) -> AppealCard:
    state = AppealState(appeal.state)
    is_open = state == AppealState.OPEN
    titles = {Appellant.REPORTER: _("Appeal by the reporter"), Appellant.UPLOADER: _("Appeal by an uploader")}
    return AppealCard(
        id=appeal.id,
        title=titles[Appellant(appeal.who)],
        state=Badge(str(state.label), TONES.get(state, "")),
        expedited=appeal.expedited,
        at=appeal.at,
        text=appeal.text,
        content=appeal.content_id or appeal.content_url,
        decided_at=appeal.decided_at,
        who=names.get(appeal.decided_by, ""),
        basis=str(Basis(appeal.basis).label) if appeal.basis else "",
        reasons=appeal.reasons,
        same_person=appeal.same_person,
        form=bound.get(appeal.id) or AppealForm(appeal) if is_open else None,
        why_not=refusal(lambda: appeals.check_decide(appeal, viewer)) if is_open else "",
    )
