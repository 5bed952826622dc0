"""A match leaves a sighting; everything else leaves nothing; and sightings go after the operator's days."""

from datetime import timedelta

import pytest
from tests.factories import PLATFORM, log_events, make_case, make_sighting, random_signals, row_counts

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.banks import queries
from argine.desk.banks.models import Sighting
from argine.desk.banks.operations import (
    LAWFUL,
    MOST_RECORDED,
    REMOVED,
    add_entry,
    check_upload,
    create_default_banks,
    purge_sightings,
)
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.merkle.canonical import parse_canonical_json
from argine.signals.hasher import HashedFile

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("hashable", [True, False])
def test_an_upload_that_matches_nothing_leaves_no_trace(hashable: bool) -> None:
    make_case()
    before = row_counts()
    checked = check_upload(HashedFile(tuple(random_signals()), None if hashable else "flat"), by=PLATFORM)
    assert checked.verdict == ("allow" if hashable else "unhashable")
    assert row_counts() == before


@pytest.mark.parametrize("bank", [REMOVED, LAWFUL])
def test_a_match_is_a_sighting_of_each_entry_and_one_entry_of_the_log(bank: str) -> None:
    create_default_banks()
    signals = random_signals()
    entries = [add_entry(bank, signals, origin="test", by=SYSTEM) for _ in range(2)]
    checked = make_sighting(signals, "post-7", "https://site.example/7")
    seen = Sighting.objects.filter(check_id=checked.id)
    assert {sighting.entry_id for sighting in seen} == {entry.pk for entry in entries}
    assert {(sighting.content_id, sighting.content_url) for sighting in seen} == {("post-7", "https://site.example/7")}
    (told,) = Entry.objects.filter(event=Event.UPLOAD_MATCHED)
    data = parse_canonical_json(told.data.encode())
    assert isinstance(data, dict)
    assert data == {"verdict": checked.verdict.value, "entries": sorted(str(entry.pk) for entry in entries)}
    assert "post-7" not in told.data
    assert log_events(f"check:{checked.id}") == [Event.UPLOAD_MATCHED]


def test_a_sighting_belongs_to_the_case_that_reported_the_picture() -> None:
    signals = random_signals()[:1]
    case, other = make_case(pictures=[signals]).case, make_case().case
    make_sighting(signals)
    assert len(queries.sightings_of_case(case.pk)) == 1
    assert queries.sightings_of_case(other.pk) == []
    assert queries.cases_with_copies([case.pk, other.pk]) == {case.pk}


def test_the_same_copy_is_known_again_by_its_digest_and_its_name_is_sealed() -> None:
    signals = random_signals()[:1]
    make_case(pictures=[signals])
    for name in ("post-7", "post-7", "post-8", ""):
        make_sighting(signals, name)
    digests = [sighting.copy_digest and bytes(sighting.copy_digest) for sighting in Sighting.objects.order_by("at")]
    assert digests[0] == digests[1] != digests[2]
    assert digests[3] is None


def test_an_upload_that_matches_very_many_entries_keeps_the_first_of_them() -> None:
    create_default_banks()
    signals = random_signals()
    for _ in range(MOST_RECORDED + 3):
        add_entry(REMOVED, signals, origin="test", by=SYSTEM)
    checked = make_sighting(signals)
    assert Sighting.objects.count() == MOST_RECORDED
    assert len(checked.matches) >= MOST_RECORDED + 3


@pytest.mark.parametrize(("age_days", "kept"), [(0, True), (179, True), (181, False)])
def test_a_sighting_goes_when_its_days_are_over(age_days: int, kept: bool) -> None:
    signals = random_signals()[:1]
    make_case(pictures=[signals])
    with time.shifted(-timedelta(days=age_days)):
        make_sighting(signals)
    assert purge_sightings(180) == (0 if kept else 1)
    assert Sighting.objects.exists() == kept
    told = [parse_canonical_json(entry.data.encode()) for entry in Entry.objects.filter(event=Event.SIGHTINGS_PURGED)]
    assert told == ([] if kept else [{"count": 1}])
