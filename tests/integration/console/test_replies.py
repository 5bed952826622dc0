"""Saved replies: supervisors write them, reviewers start from them, in the language of who will read them."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import make_case, staff_client

from argine.desk.audit.models import Entry
from argine.desk.cases import replies
from argine.desk.cases.enums import ReplyUse
from argine.desk.cases.models import Case, SavedReply
from argine.desk.cases.operations import create_first_replies
from argine.desk.people.enums import Role

pytestmark = pytest.mark.django_db

GOOD = {"title": "Greeting", "use": "question", "text_en": "Case {case} on {platform}: {{kind}}.", "text_it": ""}


@pytest.fixture
def supervisor() -> Client:
    return staff_client(Role.SUPERVISOR)


def test_a_new_desk_has_replies_in_every_language_once() -> None:
    create_first_replies()
    create_first_replies()
    assert SavedReply.objects.count() == len(replies.FIRST)
    for reply in SavedReply.objects.all():
        assert set(reply.texts) == {"en", "it"}
        assert reply.texts["en"] != reply.texts["it"]
        assert all(replies.problem(text) == "" for text in reply.texts.values())
        assert reply.title.isascii(), "titles are written in English"


def test_what_a_supervisor_writes_is_offered_filled_in_until_it_is_withdrawn(supervisor: Client) -> None:
    assert supervisor.post("/console/replies/new", GOOD).status_code == 302
    (reply,) = SavedReply.objects.all()
    case = make_case().case
    (ready,) = replies.ready(case, ReplyUse.QUESTION)
    assert ready.text == f"Case {case.number} on this platform: {{kind}}."
    assert replies.ready(case, ReplyUse.REASONS) == []
    page = staff_client().get(f"/console/cases/{case.pk}").content.decode()
    assert ready.title in page
    assert "Change these sentences" not in page, "only who may"
    supervisor.post(f"/console/replies/{reply.pk}", {**GOOD, "title": "Other"})
    assert SavedReply.objects.get().title == "Other"
    supervisor.post(f"/console/replies/{reply.pk}/withdraw")
    assert replies.ready(case, ReplyUse.QUESTION) == []
    assert supervisor.get(f"/console/replies/{reply.pk}").status_code == 404
    assert Entry.objects.filter(event="reply.changed").count() == 3


@pytest.mark.parametrize(
    ("language", "text", "is_theirs"), [("it", "Ciao", True), ("en", "Hello", True), ("de", "Hello", False)]
)
def test_it_is_offered_in_the_language_of_who_reads_it(
    supervisor: Client, language: str, text: str, *, is_theirs: bool
) -> None:
    supervisor.post("/console/replies/new", {**GOOD, "text_en": "Hello", "text_it": "Ciao"})
    case = make_case().case
    case.language = language
    (ready,) = replies.ready(case, ReplyUse.QUESTION)
    assert (ready.text, ready.is_theirs) == (text, is_theirs)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"text_en": ""}, "text_en"),
        ({"text_en": "Dear {name}"}, "text_en"),
        ({"text_it": "{case.reporter}"}, "text_it"),
        ({"text_it": "{case!r}"}, "text_it"),
        ({"text_it": "{case:>99999}"}, "text_it"),
        ({"text_it": "{0}"}, "text_it"),
        ({"text_it": "{}"}, "text_it"),
        ({"text_it": "alone {"}, "text_it"),
        ({"text_it": "alone }"}, "text_it"),
        ({"text_it": "x" * 2001}, "text_it"),
        ({"use": "x"}, "use"),
    ],
)
def test_what_will_not_do_is_said_at_its_field(supervisor: Client, changes: dict[str, Any], field: str) -> None:
    answer = supervisor.post("/console/replies/new", {**GOOD, **changes})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not SavedReply.objects.exists()


@given(text=st.text(alphabet=st.sampled_from("{}case! :.x0[]platform"), max_size=30))
def test_a_text_that_passes_can_always_be_filled_in(text: str) -> None:
    if replies.problem(text) == "":
        assert isinstance(replies.fill(text, Case(number=7)), str)
