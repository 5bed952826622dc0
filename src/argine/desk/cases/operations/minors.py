"""The person shown was under 18: everything stops at once, and only an obligation is kept."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.banks import operations as banks
from argine.desk.banks.queries import entries_of_case
from argine.desk.cases import duties, policies, queries, records, related
from argine.desk.cases.drafts import LONGEST_LINE
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Case, Preservation
from argine.desk.cases.operations import closing, steps
from argine.desk.clocks import operations as clocks
from argine.desk.core import time
from argine.desk.core.actor import REPORTER, Actor
from argine.desk.core.crypto import new_salt
from argine.desk.core.errors import InvalidError
from argine.law import minors
from argine.law.terms import Recipient


def freeze(case: Case, *, by: Actor) -> None:
    """Stop a case about somebody under 18: its fingerprints leave matching and are erased, its clocks stop.

    Anybody may say so, and a doubt is enough: no decision follows here, others may act. What staff say stops the cases
    that are decided together with it too.

    Raises:
        RefusedError: the case has ended, so nothing of it is in matching.
    """
    with transaction.atomic():
        steps.hold(case)
        policies.check_freeze(case)
        # Staff say it of the content, so of every case about it; a reporter of their own report only.
        for other in [] if by == REPORTER else related.decided_with(case):
            steps.hold(other)
            _stop(other, by=by)
        _stop(case, by=by)
    sign_head_now()


def _stop(case: Case, *, by: Actor) -> None:
    for entry in entries_of_case(case.id):
        banks.withdraw_entry(entry, erase=True, by=by)
    closing.close_open_appeals(case, by=by)
    clocks.stop(case.id, by=by)
    closing.leave_others(case, by=by)
    append(Event.CASE_FROZEN, f"case:{case.id}", by=by)
    steps.move(case, CaseState.FROZEN, by=by)


def preserve(case: Case, reported_at: datetime, reference: str, *, by: Actor) -> list[Preservation]:
    """Write down what a provider has to keep, since it reported to a hotline or the police, and under which number.

    Raises:
        RefusedError: the case was not stopped because of a minor.
        InvalidError: there is no number, or a time that cannot be; `fields` says which.
    """
    with transaction.atomic():
        steps.hold(case)
        policies.check_preserve(case)
        _check(reported_at, reference)
        found = minors.preservation(duties.switched_on(), reported_at)
        # Where no law that is switched on says how long, the number is kept all the same.
        periods = [(one.basis.regime_id or "", one.held_by, one.ends_at) for one in found]
        rows = [
            Preservation(
                case=case,
                regime=regime,
                held_by=held_by.value,
                starts_at=reported_at,
                ends_at=ends_at,
                told_at=time.now(),
                by=by,
                reference=reference.strip(),
                salt=new_salt(),
            )
            for regime, held_by, ends_at in periods or [("", Recipient.HOST, None)]
        ]
        for row in rows:
            row.save(force_insert=True)
            committed = queries.commitment(row.salt, records.preservation_facts(row))
            data = {"preservation": str(row.id), "commitment": committed}
            append(Event.PRESERVATION_TOLD, f"case:{case.id}", by=by, data=data)
    sign_head_now()
    return rows


def _check(reported_at: datetime, reference: str) -> None:
    fields: dict[str, str] = {}
    if not reference.strip() or len(reference) > LONGEST_LINE:
        fields["reference"] = _("Write the number of the report.")
    if reported_at > time.now():
        fields["reported_at"] = _("This lies in the future.")
    if fields:
        raise InvalidError(_("Some answers need a change."), fields=fields)
