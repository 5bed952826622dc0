"""Whether and where a reporter gets e-mail."""

from argine.desk.cases import queries
from argine.desk.cases.enums import CaseState, Mail
from argine.desk.cases.models import Case, Mailing
from argine.desk.config_rules import ADDRESS


def choice_of(case: Case) -> Mail:
    """What the reporter wants to get by e-mail. Nothing, unless they said so; nothing once the case was stopped."""
    said = Mailing.objects.filter(case=case).values_list("choice", flat=True).first()
    return Mail.NONE if said is None or case.state == CaseState.FROZEN else Mail(said)


def address_of(case: Case) -> str:
    """Where the reporter gets e-mail; empty if they left none, or another way to reach them."""
    notice = queries.first_notice(case)
    contact = "" if notice is None else queries.notice_draft(notice).contact.strip()
    return contact if ADDRESS.fullmatch(contact) else ""
