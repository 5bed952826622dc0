"""What scanners are told that a file "has": the names in which clamd and ICAP speak."""

from argine.connect.policy import Outcome

THREATS = {
    Outcome.BLOCK: "Argine.KnownCopy",
    Outcome.REVIEW: "Argine.Reported",
    Outcome.UNHASHABLE: "Argine.NotComparable",
    Outcome.UNREADABLE: "Argine.NotComparable",
    Outcome.AWAY: "Argine.NotChecked",
}
