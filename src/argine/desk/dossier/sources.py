"""What was seen of the content, and where: a list of records, whoever made them.

Each source hands over its records of a case; a further kind of record is one more line in `SOURCES`, and one in
`words.SEEN`. Each record has `at`, `what` (its kind), and, where it has one, `content_id` and `content_url`.
"""

from collections.abc import Callable, Iterator

from argine.desk.banks.queries import sightings_of_case
from argine.desk.cases import reappearances
from argine.desk.cases.models import Case
from argine.desk.core import time
from argine.desk.evidence import queries as evidence
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


def _pages(case: Case) -> Iterator[dict[str, Json]]:
    """What stood at a reported address, recorded without its media; the log holds a commitment to each record."""
    for row in evidence.of_case(case):
        yield {
            "at": time.iso(row.taken_at),
            "what": "page_recorded",
            "status": row.status,
            "problem": row.problem,
            "content_id": "",
            "content_url": row.address.url,
            "page": evidence.export(row) if row.record else None,
        }


def _hosts(case: Case) -> Iterator[dict[str, Json]]:
    """What changed about the websites of a case that were watched."""
    for watch in evidence.host_watches(case):
        for change in watch.changes.all():
            yield {
                "at": time.iso(change.at),
                "what": "host_changed",
                "changes": list(change.changes.split()),
                "before": evidence.known_of(change.before).told(),
                "after": evidence.known_of(change.after).told(),
                "content_id": "",
                "content_url": watch.host,
            }


SOURCES: tuple[Callable[[Case], Iterator[dict[str, Json]]], ...] = (_matches, _reappearances, _pages, _hosts)
