"""A reported film on the page of its case: which part of what the platform met shows which part of it."""

import re

import pytest
from django.test import Client
from tests import clips
from tests.factories import PLATFORM, every_fault, make_case, staff_client

from argine.desk.banks.models import BankEntry, EntrySignal, Sighting
from argine.desk.banks.operations import Content, change_region, check_upload
from argine.desk.cases.models import Case
from argine.desk.cases.operations import withdraw
from argine.desk.console import match_times
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import RefusedError
from argine.signals.films import hash_film, hash_film_query
from argine.signals.hasher import HashedFile, hash_query
from argine.signals.patch import Rectangle
from argine.signals.types import Signal, SignalType

pytestmark = pytest.mark.django_db


def film_signals() -> list[Signal]:
    signals = hash_film(clips.film(clips.frames(1, 12))).signals
    return [signal for signal in signals if signal.type is SignalType.VIDEO]


@pytest.fixture
def case(db: None) -> Case:
    return make_case(pictures=[film_signals()]).case


def meet(hashed: HashedFile) -> None:
    check_upload(hashed, by=PLATFORM, content=Content("post-7"))


def page(case: Case, client: Client | None = None) -> str:
    answer = (client or staff_client()).get(f"/console/cases/{case.pk}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_film_is_called_a_film_and_offers_no_part_to_mark(case: Case) -> None:
    shown = page(case)
    assert "Picture 1: film of 0:12" in shown
    assert "Only a part of this picture was altered" not in shown
    with pytest.raises(RefusedError, match="it moves"):
        change_region(BankEntry.objects.get(), Rectangle(0, 0, 0.5, 0.5), "A face.", by=REPORTER)


def test_where_a_part_of_it_appears_is_drawn_and_said(case: Case) -> None:
    meet(hash_film_query(clips.film(clips.frames(1, 4, 4))))
    shown = page(case)
    assert re.search(r"The upload at 0:00.0:03 shows the reported film at 0:0[45].0:0[78]\.", shown)
    assert 'role="img" aria-label="Which part of the upload shows which part of what was reported"' in shown
    assert "Upload, 0:04" in shown
    assert "Reported film, 0:12" in shown
    assert shown.count('class="timeline__part"') == 2
    assert 'style="' not in shown


def test_a_still_of_it_is_said_to_be_one(case: Case) -> None:
    buffer = clips.BytesIO()
    clips.Image.fromarray(clips.frame(1, 7.4)).save(buffer, "PNG")
    meet(hash_query(buffer.getvalue()))
    assert re.search(r"The upload shows the reported film at 0:0[78]\.", page(case))


def test_in_italian_it_is_said_in_italian(case: Case) -> None:
    meet(hash_film_query(clips.film(clips.frames(1, 4, 4))))
    client = staff_client()
    client.cookies["argine_language"] = "it"
    assert "mostra il video segnalato a" in page(case, client)


def test_taking_the_report_back_leaves_no_frame_of_the_film(case: Case) -> None:
    meet(hash_film_query(clips.film(clips.frames(1, 4, 4))))
    withdraw(case, by=REPORTER)
    assert EntrySignal.objects.count() == 0
    before = Sighting.objects.count()
    meet(hash_film_query(clips.film(clips.frames(1, 4, 4))))
    assert Sighting.objects.count() == before
    assert every_fault() == []


def test_two_reports_of_one_film_are_related(case: Case) -> None:
    other = make_case(pictures=[film_signals()]).case
    assert {row.other_id for row in other.relations.all()} | {row.case_id for row in other.related_by.all()}


def part(there: tuple[float, float], here: tuple[float, float]) -> dict[str, float]:
    return {"query_from": there[0], "query_until": there[1], "entry_from": here[0], "entry_until": here[1]}


def found(asked: float, banked: float, *parts: dict[str, float]) -> dict[str, object]:
    times = {"query_seconds": asked, "entry_seconds": banked, "query_share": 0.5, "entry_share": 0.25}
    return {"times": {**times, "segments": list(parts)}}


@pytest.mark.parametrize(
    ("asked", "banked", "words"),
    [
        (100.0, 50.0, "The upload at 0:10\u20130:20 shows the reported film at 0:05\u20130:15."),
        (100.0, 0.0, "The upload shows the reported picture at 0:10\u20130:20."),
        (0.0, 50.0, "The upload shows the reported film at 0:05\u20130:15."),
    ],
)
def test_each_kind_of_match_has_its_sentence(asked: float, banked: float, words: str) -> None:
    drawn = match_times.of(found(asked, banked, part((10, 20), (5, 15))))
    assert drawn is not None
    assert drawn.parts == [words]
    assert (bool(drawn.upload), bool(drawn.reported)) == (bool(asked), bool(banked))
    assert len(drawn.bands) == (1 if asked and banked else 0)


def test_bars_stay_on_the_drawing_and_a_moment_can_be_seen() -> None:
    drawn = match_times.of(found(10, 10, part((10, 10), (0, 0)), part((0, 30), (9, 2))))
    assert drawn is not None
    for bar in drawn.upload + drawn.reported:
        assert 0 <= bar.x <= bar.x + bar.width <= 100
        assert bar.width >= 1.5


def test_many_parts_are_counted_rather_than_all_told() -> None:
    drawn = match_times.of(found(100, 100, *(part((at, at), (at, at)) for at in range(20))))
    assert drawn is not None
    assert (len(drawn.parts), drawn.left_out) == (8, 12)


@pytest.mark.parametrize("old", [{}, {"mirrored": False}, {"times": None}])
def test_a_match_of_pictures_has_none(old: dict[str, object]) -> None:
    assert match_times.of(old) is None
    assert match_times.lines(old) == []


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (64.6, "1:05"), (3599.7, "1:00:00"), (7325, "2:02:05")])
def test_times_are_told_as_clocks_do(seconds: float, text: str) -> None:
    assert match_times.clock(seconds) == text
