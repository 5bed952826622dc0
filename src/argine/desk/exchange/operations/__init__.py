"""Everything that changes the exchange."""

from argine.desk.exchange.operations.judging import judge
from argine.desk.exchange.operations.offering import (
    agree,
    disagree,
    publish,
    read_page,
    read_page_since,
    share_bank,
    take_feedback,
    unshare_bank,
)
from argine.desk.exchange.operations.partners import (
    Agreement,
    add_partner,
    change_limit,
    go_on,
    issue_key,
    resume_partner,
    stop_partner,
)
from argine.desk.exchange.operations.taking import submit, sync_due, sync_partner

__all__ = [
    "Agreement",
    "add_partner",
    "agree",
    "change_limit",
    "disagree",
    "go_on",
    "issue_key",
    "judge",
    "publish",
    "read_page",
    "read_page_since",
    "resume_partner",
    "share_bank",
    "stop_partner",
    "submit",
    "sync_due",
    "sync_partner",
    "take_feedback",
    "unshare_bank",
]
