"""Every link of the public pages leads somewhere, and from every page there is a way on."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.factories import make_case_in
from tests.pages import html_pages, visitor, with_case

from argine.desk.cases.enums import CaseState
from argine.desk.intake import countries
from argine.desk.intake.law_texts import helpline_groups
from argine.law.routes import Audience, all_routes
from argine.law.schema import load_all

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("pages")]

HREF = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
MAIN = re.compile(r"<main\b.*?</main>", re.DOTALL)
LEAVES = "/leave/"


def links_in(html: str) -> Iterator[str]:
    """The addresses on this desk that a page links to; those of others are not asked."""
    for href in HREF.findall(html):
        address = urlsplit(unescape(href))
        if not address.scheme and not address.netloc and address.path:
            yield address.path + (f"?{address.query}" if address.query else "")


def crawl(client: Client) -> dict[str, int]:
    """Follow every link from the front page on; say how each answered."""
    found: dict[str, int] = {}
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        answer = client.get(path)
        found[path] = answer.status_code
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            waiting += links_in(answer.content.decode())
    return found


@pytest.mark.parametrize("state", [None, *CaseState])
def test_no_link_of_the_public_pages_is_dead(default_banks: None, state: CaseState | None) -> None:
    client = visitor("en") if state is None else with_case(make_case_in(state), "en")
    found = crawl(client)
    assert {path: status for path, status in found.items() if status >= 400} == {}
    assert {"/", "/report/?have=picture", "/status/", "/help/", "/safety/", "/privacy/", "/about/"} <= set(found)


def test_from_every_public_page_there_is_a_way_on() -> None:
    ends = []
    for name, page in html_pages().items():
        if 'class="intake"' not in page:
            continue
        main = MAIN.search(page)
        assert main is not None, name
        goes_on = [*links_in(main[0]), *re.findall(r"<form\b|<a\b", main[0])]
        if not goes_on or not {"/help/", "/safety/"} <= set(links_in(page)):
            ends.append(name)
    assert ends == []


def test_an_anchor_of_a_page_is_on_that_page() -> None:
    lost = {
        (name, anchor)
        for name, page in html_pages().items()
        for anchor in re.findall(r'href="#([^"]+)"', page)
        if f'id="{anchor}"' not in page
    }
    assert lost == set()


def test_every_country_of_a_law_or_a_helpline_has_a_name() -> None:
    codes = {code for regime in load_all().values() for code in regime.jurisdiction}
    codes |= {code for route in all_routes() for code in route.countries}
    assert {code for code in codes if countries.name_of(code) == code} == set()


def test_every_country_that_has_somebody_to_talk_to_is_on_the_page_of_helplines() -> None:
    page = unescape(visitor("en").get("/help/").content.decode())
    adults = [route for route in all_routes() if route.audience is Audience.ADULT]
    for route in adults:
        assert route.name in page
        assert route.phone is None or route.phone in page
    assert len(helpline_groups()) == 1 + len({code for route in adults for code in route.countries})
