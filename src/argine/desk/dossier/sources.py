"""What was seen of the content, and where: a list of records, whoever made them.

Each source hands over its records of a case; a further kind of record is one more line in `SOURCES`, and one in
`words.SEEN`. Each record has `at`, `what` (its kind), and, where it has one, `content_id` and `content_url`.
"""

from collections.abc import Callable, Iterator

from argine.desk.banks.queries import sightings_of_case
from argine.desk.cases import reappearances
from argine.desk.cases.models import Case
from argine.desk.core import time
from argine.merkle.canonical import Json

MOST = 500


def of_case(case: Case) -> list[dict[str, Json]]:
    """All records of a case, oldest first: each with `at`, `what`, and what else is known of it."""
    found = [record for source in SOURCES for record in source(case)]
    return sorted(found, key=lambda record: str(record["at"]))


def _matches(case: Case) -> Iterator[dict[str, Json]]:
    """Uploads to the platform that matched a fingerprint of the case."""
    for row in sightings_of_case(case.id, MOST):
        yield {
            "at": time.iso(row.at),
            "what": "upload_matched",
            "verdict": row.verdict,
            "signal_type": row.signal_type,
            "distance": row.distance,
            "threshold": row.threshold,
            "content_id": row.content_id,
            "content_url": row.content_url,
        }


def _reappearances(case: Case) -> Iterator[dict[str, Json]]:
    """Content that was removed and met again."""
    for row in reappearances.of_case(case):
        yield {
            "at": time.iso(row.at),
            "what": "seen_again",
            "state": row.state,
            "count": row.count,
            "content_id": row.content_id,
            "content_url": row.content_url,
        }


SOURCES: tuple[Callable[[Case], Iterator[dict[str, Json]]], ...] = (_matches, _reappearances)
