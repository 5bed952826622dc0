"""What `argine log verify` compares."""

from collections.abc import Callable, Iterator

from argine.desk.audit import queries
from argine.desk.audit import verify as audit
from argine.desk.audit.models import Entry, Node, SignedCheckpoint
from argine.desk.audit.queries import Fault
from argine.desk.banks import verify as banks
from argine.desk.banks.models import Bank, BankEntry
from argine.desk.cases import verify as cases
from argine.desk.cases.models import Case
from argine.desk.clocks import verify as clocks
from argine.desk.clocks.models import Clock
from argine.desk.configuration import verify as configuration
from argine.desk.evidence import verify as pages
from argine.desk.people import verify as people
from argine.desk.people.models import ApiKey, Staff
from argine.merkle import tree
from argine.merkle.checkpoint import open_signed
from argine.merkle.errors import MerkleError

PARTS: dict[str, Callable[[], Iterator[Fault]]] = {
    "the log": audit.faults,
    "banks": banks.faults,
    "clocks": clocks.faults,
    "cases": cases.faults,
    "staff and keys": people.faults,
    "settings": configuration.faults,
    "records of pages and hosts": pages.faults,
}


def faults() -> Iterator[Fault]:
    """Everything that is not as it was logged, the log itself first."""
    for name, find in PARTS.items():
        yield from audit.to_the_end(name, find)


def held_against(kept: str | None) -> Iterator[Fault]:
    """Does the log still have the head that somebody kept elsewhere?"""
    if kept is None:
        return
    where = "the checkpoint that was kept"
    try:
        checkpoint = open_signed(kept, [queries.verifier_key()])
    except MerkleError:
        yield Fault(where, "is not signed by this log's key")
        return
    if checkpoint.size > queries.size():
        yield Fault(where, f"covers {checkpoint.size} entries, but the log has {queries.size()}: entries were removed")
        return
    try:
        root = tree.root(checkpoint.size, queries.get_node)
    except Node.DoesNotExist:
        root = b""
    if root != checkpoint.root:
        yield Fault(where, "was signed over other entries than the log holds now")


def counts() -> dict[str, int]:
    """How much was compared."""
    return {
        "entries": Entry.objects.count(),
        "signed_heads": SignedCheckpoint.objects.count(),
        "cases": Case.objects.count(),
        "clocks": Clock.objects.count(),
        "banks": Bank.objects.count(),
        "bank_entries": BankEntry.objects.count(),
        "staff": Staff.objects.count(),
        "keys": ApiKey.objects.count(),
    }
