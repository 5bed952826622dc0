"""Every page in every state that it has, in a real browser: accessible, quiet, and asking nobody else for anything."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self, cast

import pytest
from django.core.handlers.wsgi import get_path_info
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer
from tests.functional.conftest import WIDTHS, Desk, assert_accessible, assert_fits, open_desk, resized
from tests.pages import every_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("pages"),
]

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


class Stage:
    """The desk's own server, which gives an answer that was made before at the address that it came from.

    Did the browser itself put it there, it would keep no style and no script from one page to the next.
    """

    def __init__(self, server: LiveServer) -> None:
        self._server, self._desk = server.thread.httpd, server.thread.httpd.get_app()
        self._path, self._answer = "", None

    def __enter__(self) -> Self:
        self._server.set_app(self._serve)
        return self

    def __exit__(self, *_reason: object) -> None:
        self._server.set_app(self._desk)

    def show(self, desk: Desk, path: str, answer: Any) -> None:
        """Let the browser go to a page's own address and get just this answer there."""
        self._path, self._answer = path, answer
        desk.go(path)

    def _serve(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self._answer is None or get_path_info(environ) != self._path:
            return cast("Iterable[bytes]", self._desk(environ, start_response))
        answer, self._answer = self._answer, None
        start_response("200 OK", [(name, answer.headers[name]) for name in KEPT_HEADERS if name in answer.headers])
        return [answer.content]


def parts_of(answer: Any) -> set[str]:
    """The kinds of parts that a page is made of: each tag with its classes, role and state, whatever it says."""
    return {NAMES_OF_ONE.sub("", tag) for tag in re.findall(r"<\w+[^>]*", answer.content.decode())}


def view_of(answer: Any) -> str:
    match = answer.wsgi_request.resolver_match
    return match.view_name if match else "not found"


def look_at(page: Page, name: str, axe_at: tuple[int, ...]) -> None:
    """Nothing scrolls sideways at any width; axe, which takes far longer, looks at these widths."""
    for width in resized(page, WIDTHS, height=800):
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
    with Stage(live_server) as stage:
        for number, (name, path, answer) in enumerate(answers(language)):
            parts, view = parts_of(answer), view_of(answer)
            # A further state of a page that is made of nothing new was looked at already, in other words.
            new = view not in views or not parts <= seen
            seen, views = seen | parts, views | {view}
            if new or language == LONGER:
                stage.show(desk, path, answer)
                assert desk.page.locator("html").get_attribute("lang") == language, name
                look_at(desk.page, f"{name} in {language}, {scheme}", widths_for_axe(number, pair) if new else ())
    assert len(views) > MANY
    desk.assert_quiet()
    desk.context.close()
