"""A real Chromium, and a desk seen through it."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.handlers.wsgi import WSGIHandler
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from argine.desk.banks.operations import create_default_banks

# Playwright's synchronous interface runs an event loop in this thread; a test itself touches the database in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = ("Google Chrome", "Chromium")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
EXPECTED_STATUSES = ("400 (Bad Request)", "404 (Not Found)", "409 (Conflict)", "422 (Unprocessable Entity)")
AXE = Axe()
RUN_AXE = """async (tags) => {
    const options = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] };
    const { violations } = await axe.run(document, options);
    return violations.map(({ id, help, nodes }) => [id, help, nodes.map((node) => node.html)]);
}"""
STICKS_OUT = """[...document.querySelectorAll("main *")]
    .filter((part) => part.getBoundingClientRect().right > innerWidth).map((part) => part.outerHTML.slice(0, 200))"""
WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")
# A busy machine is no fault; whoever waits in vain waits only in a test that fails.
PATIENCE_MS = 30_000
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


expect.set_options(timeout=PATIENCE_MS)


def chromium_path() -> str | None:
    installed = [f"/Applications/{name}.app/Contents/MacOS/{name}" for name in MAC]
    return next(filter(None, [*map(shutil.which, NAMES), *(path for path in installed if Path(path).exists())]), None)


@pytest.fixture(autouse=True)
def passwords_are_hashed_quickly(settings: Any) -> None:
    """In this process; a desk that runs by itself, as in the stories, hashes them as it does."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live_server(live_server: LiveServer) -> LiveServer:
    """Static files come as from a desk that runs, so that a browser keeps them; Django's own way for tests says not."""
    live_server.thread.httpd.set_app(WSGIHandler())
    return live_server


@dataclass
class Desk:
    """A browser at the desk, with all that it asked for and complained about."""

    context: BrowserContext
    page: Page
    base: str
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def heading(self) -> str:
        return self.page.locator("h1:visible").first.inner_text()

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(status in message.text for status in EXPECTED_STATUSES):
            self.complaints.append(message.text)

    def assert_quiet(self) -> None:
        """The browser complained of nothing, and nothing was asked of anybody else."""
        assert self.complaints == []
        assert all(request.url.startswith((self.base, "blob:", "data:")) for request in self.requests)


def open_desk(chromium: Browser, base: str, **options: object) -> Desk:
    context = chromium.new_context(locale="en-GB", **options)  # type: ignore[arg-type]  # handed on
    page = context.new_page()
    desk = Desk(context, page, base)
    page.on("request", lambda request: desk.requests.append(request))  # noqa: PLW0108  # Playwright takes no builtin
    page.on("console", desk.on_console)
    page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    page.set_default_timeout(PATIENCE_MS)
    return desk


@pytest.fixture
def desk(chromium: Browser, live_server: LiveServer) -> Iterator[Desk]:
    create_default_banks()
    desk = open_desk(chromium, live_server.url)
    yield desk
    desk.assert_quiet()
    desk.context.close()


def resized(page: Page, widths: Sequence[int], height: int) -> Iterator[int]:
    """Show the page at each width, first at the one nearer to what it has: each change costs as much as a look."""
    wide = (page.viewport_size or {"width": 0})["width"]
    for width in widths if abs(wide - widths[0]) <= abs(wide - widths[-1]) else reversed(widths):
        if page.viewport_size != {"width": width, "height": height}:
            page.set_viewport_size({"width": width, "height": height})
        yield width


def in_scheme(page: Page, scheme: str) -> None:
    """Show the page in light or dark colours, once they no longer change."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two words it takes
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished)).then(() => null)")


def assert_accessible(page: Page, where: str) -> None:
    """Axe finds nothing, and the page does not scroll sideways."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate(RUN_AXE, AXE_TAGS)
    assert found == [], f"{where}: {found}"
    assert_fits(page, where)


def assert_fits(page: Page, where: str) -> None:
    """The page does not scroll sideways; if it does, the parts that stick out are named."""
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        raise AssertionError(f"{where} scrolls sideways: {page.evaluate(STICKS_OUT)}")


def look_at(page: Page, where: str) -> None:
    """In both schemes axe finds nothing at the smallest width, and nothing scrolls sideways at any."""
    for scheme in SCHEMES:
        in_scheme(page, scheme)
        for width in resized(page, WIDTHS, height=800):
            (assert_accessible if width == WIDTHS[0] else assert_fits)(page, f"{where} at {width}, {scheme}")


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    y, x = np.mgrid[0:300, 0:400]
    waves = 120 + 60 * np.sin(x / 17 + y / 41) + 50 * np.cos(y / 13 - x / 67)
    pixels = np.stack([waves, waves[::-1], 255 - waves], axis=-1).astype(np.uint8)
    path = tmp_path_factory.mktemp("pictures") / "drawn by code.png"
    Image.fromarray(pixels).save(path)
    return path
