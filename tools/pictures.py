"""The pictures of Argine in docs/pictures: taken of the demo by a real Chromium, so that they show what there is.

`python -m tools.pictures` writes them.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from argine.desk.demo.pictures import draw

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SIZE = {"width": 1100, "height": 760}
START_S = 60


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """A demo desk of its own; hands on its address and its staff's password."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "argine", "demo", "--data", folder, "--port", str(port)]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own program
        try:
            yield f"http://127.0.0.1:{port}", _password(process)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)


def _password(process: "subprocess.Popen[str]") -> str:
    """Read what the demo says until it runs."""
    assert process.stdout is not None  # noqa: S101  # asked for above
    said, end = "", time.monotonic() + START_S
    while "Ctrl-C stops it." not in said and time.monotonic() < end:
        said += process.stdout.readline()
    return re.findall(r"password\s+(demo-\S+)", said)[0]


def _save(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


def _report(page: Page, base: str, picture: Path) -> None:
    page.goto(f"{base}/")
    _save(page, "start")
    page.goto(f"{base}/report/?have=picture")
    page.check("[name=under_18][value=no]")
    page.get_by_role("button", name="Continue").first.click()
    page.set_input_files("#choose", picture)
    page.locator(".file__state").filter(has_text="Ready").wait_for()
    page.locator("h1:visible").first.scroll_into_view_if_needed()
    _save(page, "report")


def _console(page: Page, base: str, password: str) -> None:
    page.goto(f"{base}/console/")
    page.fill("[name=login]", "anna@demo.example")
    page.fill("[name=password]", password)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.locator("[data-row] a").first.wait_for()
    _save(page, "queue")
    page.locator("[data-row] a").nth(1).click()
    page.locator("#decision").wait_for()
    _save(page, "case")


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = next(filter(None, map(shutil.which, NAMES)), None)
    with tempfile.TemporaryDirectory() as folder, demo() as (base, password), sync_playwright() as playwright:
        picture = Path(folder) / "holiday.jpg"
        picture.write_bytes(draw(3))
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        page = browser.new_page(viewport=SIZE, locale="en-GB")
        _report(page, base, picture)
        _console(page, base, password)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
