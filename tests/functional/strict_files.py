"""The browser's modules and the tests' page, served under the policies that Argine's own files and pages have."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from argine.desk.core import content_policy
from argine.desk.core.content_policy import HEADER

ROOT = Path(__file__).parents[2]
FOLDERS = {"browser": ROOT / "browser", "vectors": ROOT / "vectors", "page": Path(__file__).parent / "hasher_page"}
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; media-src blob:; "
    "require-trusted-types-for 'script'; trusted-types argine"
)


class StrictFiles(SimpleHTTPRequestHandler):
    """The three folders, each answer under the policy."""

    def translate_path(self, path: str) -> str:
        _, folder, *rest = path.split("?", maxsplit=1)[0].split("/")
        return str(FOLDERS.get(folder, ROOT / "none").joinpath(*rest))

    def end_headers(self) -> None:
        of_file: dict[str, str] = {}
        content_policy.of_file(of_file, "", self.path)
        self.send_header("Content-Security-Policy", of_file[HEADER] if self.path.endswith(".js") else POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Keep the tests' output clean."""


@contextmanager
def strict_server() -> Iterator[str]:
    """Serve while the context lasts; gives the address of the page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), StrictFiles)
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.05))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/page/index.html"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
