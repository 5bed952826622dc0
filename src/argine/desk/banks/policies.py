"""Does the state of an entry permit it?"""

from argine.desk.banks.models import BankEntry
from argine.desk.core.errors import RefusedError


def check_erase_alone(entry: BankEntry) -> None:
    """Refuse to erase, apart from its case, what a notice brought in: the case would no longer be what was received."""
    if entry.case_id is not None:
        raise RefusedError("It belongs to a case: its signals are erased when the case is withdrawn.")
