"""What a platform is to put back, since a bank entry was wrong."""

from argine.desk.api.answers import RestorationAnswer, RestoredCopyAnswer
from argine.desk.banks.models import Restoration
from argine.desk.banks.queries import stopped_by


def restoration_answer(row: Restoration) -> RestorationAnswer:
    """One entry that was undone, with what it alone had stopped, as far as matches are kept."""
    copies = [
        RestoredCopyAnswer(
            check_id=sighting.check_id,
            content_id=sighting.content_id,
            content_url=sighting.content_url,
            stopped_at=sighting.at,
        )
        for sighting in stopped_by(row.entry_id)
    ]
    return RestorationAnswer(id=row.id, cursor=row.seq, entry=row.entry_id, at=row.at, copies=copies)
