"""Every page in every language: nothing missing, nothing of a person unescaped."""

import html
import re

import pytest
from tests.pages import every_page, html_pages

from argine.desk.cases.enums import CaseState

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("pages")]

# A field that has no errors has no first one: templates ask for it and show nothing.
MISSED = re.compile(r"⟦(?![\w.]*errors\.0⟧)(.*?)⟧")
HOSTILE = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}{% now %}"
    "\u202ehidden\u202c\u0301 &amp; \U0001fae5 \ufdfd \u0131\u0130"
)


# Pages that are not simply shown; every other one is 200.
SENT_EMPTY = ("message", "withdraw unsure", "nothing added", "no time told")
STATUSES = {
    400: {"a file"},
    403: {"no CSRF token", "not for reviewers"},
    404: {
        *("/nothing-here", "/receipt/", "welcome, no such link"),
        *("console/nothing", "console/log/99999", "console/settings/nothing", "console/account/codes"),
    },
    409: {"look, off", "decided twice", "asked too late", "receipt, withdrawn", "receipt, frozen"},
    422: {
        *("console/reports?from=2026-02-30&to=x", "outward, with faults", "exchange, with faults"),
        "console/dashboard?from=2026-02-30&to=x",
        "order, with faults",
        *("settings, with faults", "settings of laws, with faults", "reply, with faults", "no copies ticked"),
        "order, more time with faults",
        *("report, with faults", "report, empty", "wrong code", "welcome, wrong", "key with faults"),
        *("decision with faults", "question with faults"),
        *(
            f"{page}, {state}"
            for page in ("message", "withdraw unsure", "nothing added", "no time told", "no mail chosen")
            for state in CaseState
        ),
    },
    429: {"too often"},
}


def test_every_page_answers_with_its_status() -> None:
    found: dict[int, set[str]] = {}
    for name, answer in every_page().items():
        found.setdefault(answer.status_code, set()).add(name)
    assert {status: names for status, names in found.items() if status != 200} == STATUSES


@pytest.mark.parametrize("language", ["en", "it"])
def test_no_page_names_a_variable_that_is_not_there(language: str) -> None:
    found = {name: MISSED.findall(page) for name, page in html_pages(language).items()}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_page_is_in_the_language_that_was_asked_for(language: str) -> None:
    found = {name: re.search(r'<html lang="(\w+)"', page) for name, page in html_pages(language).items()}
    assert {name for name, match in found.items() if match is None or match[1] != language} == set()


def test_every_page_has_one_title_one_main_part_and_a_first_heading() -> None:
    for name, page in html_pages().items():
        assert len(re.findall(r"<title>[^<]*\w", page)) == 1, name
        assert page.count('<main id="main"') == 1, name
        assert "<h1" in page, name


@pytest.mark.parametrize("language", ["en", "it"])
def test_what_a_person_writes_is_never_more_than_text(language: str) -> None:
    shown = set()
    for name, page in html_pages(language, HOSTILE).items():
        assert "<script>alert" not in page, name
        assert "<img src=x" not in page, name
        assert "{{ 14 }}" not in page, name
        assert not re.search(r'(?:value|href|src|title|aria-label)="[^"]*"\'&gt;<', page), name
        if html.escape("<script>alert(1)</script>") in page:
            shown.add(name)
    assert {"status, received", "receipt, received", "case, received", "report, with faults", "decided"} <= shown


def test_what_a_person_writes_comes_back_letter_for_letter() -> None:
    pages = html_pages("en", HOSTILE)
    for name in ("case, received", "status, received", "receipt, received"):
        assert HOSTILE[:60] in html.unescape(pages[name]), name
