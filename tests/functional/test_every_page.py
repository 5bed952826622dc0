"""Every page in every state that it has, in a real browser: accessible, quiet, and asking nobody else for anything."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route
from pytest_django.live_server_helper import LiveServer
from tests.functional.conftest import Desk, assert_accessible, assert_fits, open_desk
from tests.pages import every_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("pages"),
]

WIDTHS = (320, 768, 1280)
LONGER, MANY = "it", 45
AXE_EVERYWHERE = os.environ.get("ARGINE_AXE") == "all"
# What depends on the language does not depend on the colours: two of the four pairs show both. All four if it is asked.
PAIRS = [("en", "light"), ("it", "dark"), *([("en", "dark"), ("it", "light")] if AXE_EVERYWHERE else [])]
NAMES_OF_ONE = re.compile(
    r' (?:id|for|value|href|action|name|datetime|src|content|aria-(?:label\w*|describedby)|data-[\w-]+)="[^"]*"'
)
KEPT_HEADERS = ("Content-Type", "Content-Security-Policy")


def answers(language: str) -> Iterator[tuple[str, str, Any]]:
    """Each page that is not empty: its name, the address it came from, and the answer."""
    for name, answer in every_page(language).items():
        if answer.content and answer.headers["Content-Type"].startswith("text/html"):
            yield name, answer.wsgi_request.path, answer


def show(desk: Desk, path: str, answer: Any) -> None:
    """Let the browser go to a page's own address and get just this answer there."""
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}

    def fulfil(route: Route) -> None:
        route.fulfill(status=200, headers=headers, body=answer.content)

    desk.context.route(desk.base + path, fulfil, times=1)
    desk.go(path)


def parts_of(answer: Any) -> set[str]:
    """The kinds of parts that a page is made of: each tag with its classes, role and state, whatever it says."""
    return {NAMES_OF_ONE.sub("", tag) for tag in re.findall(r"<\w+[^>]*", answer.content.decode())}


def view_of(answer: Any) -> str:
    match = answer.wsgi_request.resolver_match
    return match.view_name if match else "not found"


def look_at(page: Page, name: str, axe_at: tuple[int, ...]) -> None:
    """Nothing scrolls sideways at any width; axe, which takes far longer, looks at these widths."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        (assert_accessible if width in axe_at else assert_fits)(page, f"{name} at {width}")


def widths_for_axe(number: int, pair: int) -> tuple[int, ...]:
    """The pairs share the page states, each in turn at another width; with ARGINE_AXE=all each at each."""
    if AXE_EVERYWHERE:
        return WIDTHS
    return (WIDTHS[number % len(WIDTHS)],) if number % len(PAIRS) == pair else ()


@pytest.mark.parametrize(("language", "scheme"), PAIRS)
def test_no_page_has_a_fault_that_axe_finds_or_scrolls_sideways_or_asks_for_anything_elsewhere(
    chromium: Browser, live_server: LiveServer, language: str, scheme: str
) -> None:
    desk, pair = open_desk(chromium, live_server.url, color_scheme=scheme), PAIRS.index((language, scheme))
    seen, views = set[str](), set[str]()
    for number, (name, path, answer) in enumerate(answers(language)):
        parts, view = parts_of(answer), view_of(answer)
        # A further state of a page that is made of nothing new was looked at already, in other words.
        new = view not in views or not parts <= seen
        seen, views = seen | parts, views | {view}
        if new or language == LONGER:
            show(desk, path, answer)
            assert desk.page.locator("html").get_attribute("lang") == language, name
            look_at(desk.page, f"{name} in {language}, {scheme}", widths_for_axe(number, pair) if new else ())
    assert len(views) > MANY
    desk.assert_quiet()
    desk.context.close()
