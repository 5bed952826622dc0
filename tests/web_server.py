"""A web server for tests, on this machine: what each path answers, and what was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep

Headers = dict[str, str]
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class Site:
    """`pages` says what each path answers; `asked` holds the paths and headers in order."""

    port: int = 0
    pages: dict[str, tuple[int, Headers, bytes]] = field(default_factory=dict)
    posts: dict[str, Callable[[bytes], tuple[int, Headers, bytes]]] = field(default_factory=dict)
    asked: list[tuple[str, Headers]] = field(default_factory=list)
    drip_s: float = 0.0

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    def says(self, path: str, body: str, status: int = 200, **headers: str) -> None:
        self.pages[path] = (status, {**HTML, **headers}, body.encode())

    def leads(self, path: str, to: str, status: int = 302) -> None:
        self.pages[path] = (status, {"Location": to}, b"")


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            self._answer(*site.pages.get(self.path, (404, HTML, b"not here")))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            site.asked.append((self.path, dict(self.headers)))
            self._answer(*site.posts[self.path](body))

        def _answer(self, status: int, headers: Headers, body: bytes) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for byte in body if site.drip_s else ():
                try:
                    self.wfile.write(bytes([byte]))
                except OSError:
                    return
                sleep(site.drip_s)
            if not site.drip_s:
                self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    return Handler


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(site)) as server:
        server.daemon_threads = True
        server.block_on_close = False
        site.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield site
        server.shutdown()
        thread.join()
