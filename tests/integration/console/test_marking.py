"""The altered part in the console: seen as an outline, marked with a reason, and followed by the next check."""

import re

import pytest
from django.test import Client
from tests.factories import every_fault, make_case, make_case_in, make_sighting, random_signals, staff_client
from tests.forgery import FORGED_PART as PART
from tests.forgery import copy_signals, forged_signals, source_signals

from argine.desk.banks.models import BankEntry, RegionChange
from argine.desk.banks.queries import region_of
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Case
from argine.desk.people.enums import Role

pytestmark = pytest.mark.django_db


def entry_of(case: Case) -> BankEntry:
    return BankEntry.objects.get(case_id=case.pk)


def send(client: Client, case: Case, **fields: str) -> object:
    entry = entry_of(case)
    named = {name if name == "clear" else f"mark-{entry.pk}-{name}": value for name, value in fields.items()}
    return client.post(f"/console/cases/{case.pk}/pictures/{entry.pk}/mark", named)


def page(case: Case, client: Client | None = None) -> str:
    answer = (client or staff_client()).get(f"/console/cases/{case.pk}")
    return re.sub(r"\s+", " ", answer.content.decode())


NUMBERS = {"left": "33.33", "top": "25", "width": "30", "height": "45"}


def test_a_mark_counts_from_the_next_check_on_and_so_does_its_end() -> None:
    case, client = make_case(pictures=[forged_signals()]).case, staff_client()
    assert make_sighting(source_signals()).verdict == "review"
    answer = send(client, case, **NUMBERS, reason="The face is put on.")
    assert answer.status_code == 302
    assert entry_of(case).region == [3333, 2500, 6333, 7000]
    assert make_sighting(source_signals()).verdict == "allow"
    assert make_sighting(copy_signals()).verdict == "review"
    assert send(client, case, clear="yes", reason="All of it is made.").status_code == 302
    assert make_sighting(source_signals()).verdict == "review"
    assert every_fault() == []


def test_the_page_shows_part_reason_and_outline_of_the_match_and_says_why_it_matters() -> None:
    case, client = make_case(pictures=[forged_signals()], regions={0: PART}).case, staff_client()
    make_sighting(copy_signals())
    shown = page(case, client)
    assert "the lawful source picture is not blocked with the forgery" in shown
    assert 'class="mark__part"' in shown
    assert 'class="outline__part" points="' in shown
    send(client, case, left="10", top="10", width="20", height="20", reason="<b>Another</b> part.")
    shown = page(case, client)
    assert "&lt;b&gt;Another&lt;/b&gt; part." in shown
    assert "Marked: 0.1,0.1,0.2,0.2" in shown
    assert "Altered part of a picture marked" in shown


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({**NUMBERS}, "Say why"),
        ({**NUMBERS, "reason": "x" * 501}, "at most 500"),
        ({"reason": "Why not."}, "Mark a part within the picture"),
        ({**NUMBERS, "width": "", "reason": "Why not."}, "Mark a part within the picture"),
        ({**NUMBERS, "width": "90", "reason": "Why not."}, "Mark a part within the picture"),
        ({**NUMBERS, "width": "0.5", "reason": "Why not."}, "Mark a part within the picture"),
        ({**NUMBERS, "width": "wide", "reason": "Why not."}, "Enter a number"),
        ({**NUMBERS, "width": "nan", "reason": "Why not."}, "Enter a number"),
        ({**NUMBERS, "left": "-5", "reason": "Why not."}, "greater than or equal to 0"),
        ({"clear": "yes"}, "Say why"),
    ],
)
def test_what_lacks_is_said_beside_the_field_and_nothing_changes(fields: dict[str, str], words: str) -> None:
    case = make_case(pictures=[random_signals()]).case
    answer = send(staff_client(), case, **fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (entry_of(case).region, RegionChange.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    "fields",
    [{"clear": "yes", "reason": "Why not."}, {"left": "20", "top": "20", "width": "30", "height": "30", "reason": "a"}],
)
def test_what_changes_nothing_is_refused_with_what_was_written(fields: dict[str, str]) -> None:
    case, client = make_case(pictures=[random_signals()]).case, staff_client()
    if "clear" not in fields:
        send(client, case, **fields)
    answer = send(client, case, **fields)
    assert answer.status_code == 409
    assert fields["reason"] in answer.content.decode()


@pytest.mark.parametrize("state", [CaseState.WITHDRAWN, CaseState.FROZEN])
def test_an_ended_case_offers_no_mark_and_takes_none(state: CaseState) -> None:
    case, client = make_case_in(state), staff_client()
    assert '/mark"' not in page(case, client)
    assert "data-region-frame" not in page(case, client)
    assert send(client, case, **NUMBERS, reason="Why not.").status_code == 409


@pytest.mark.parametrize("role", Role)
def test_whoever_decides_may_mark_and_nobody_else(role: Role) -> None:
    case = make_case(pictures=[random_signals()]).case
    assert send(Client(), case, **NUMBERS, reason="The face.").status_code == 302  # to the log-in
    assert region_of(entry_of(case)) is None
    assert send(staff_client(role), case, **NUMBERS, reason="The face.").status_code == 302
    assert region_of(entry_of(case)) is not None


def test_a_picture_of_another_case_or_none_is_not_found() -> None:
    case, other, client = make_case().case, make_case().case, staff_client()
    foreign = entry_of(other)
    fields = {f"mark-{foreign.pk}-{name}": value for name, value in {**NUMBERS, "reason": "x"}.items()}
    assert client.post(f"/console/cases/{case.pk}/pictures/{foreign.pk}/mark", fields).status_code == 404
    assert client.post(f"/console/cases/{case.pk}/pictures/{case.pk}/mark", fields).status_code == 404
    assert RegionChange.objects.count() == 0


def test_a_picture_without_patches_warns_that_only_identical_files_match() -> None:
    case = make_case(pictures=[random_signals()], regions={0: PART}).case
    shown = page(case)
    assert "Nothing in this part can be recognised by look" in shown
    assert "once a part is marked, only identical files match" in shown
