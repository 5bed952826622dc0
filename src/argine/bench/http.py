"""Asking a running desk as a platform's software does: one connection a client, one question after the other."""

import http.client
import io
import json
import secrets
import socket
import struct
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from time import perf_counter
from typing import TypedDict
from urllib.parse import urlencode

import numpy as np
from PIL import Image

from argine.bench.machine import processor_seconds

CHECK, NOTHING, LOOKUP = "/api/v1/check", "/health", "/hma/m/lookup"
SIDES = {"0.5": (816, 612), "2": (1632, 1224), "12": (4000, 3000)}
QUALITY = 92
BOMB_SIDE = 13_000
OK = 200
STAFF = "argine_staff"
"""The cookie of a session of staff."""


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of request.

    Attributes:
        name: what the table calls it.
        method, path, head: of the request.
        body: makes the next one's.
        status: the answer that is right.
    """

    name: str
    method: str
    path: str
    head: Mapping[str, str]
    body: Callable[[], bytes]
    status: int = OK


class Rate(TypedDict):
    """How one kind of request fared: times in milliseconds, as the client saw them.

    `processor` is the time that processors worked for the desk, a request; 0 where the system does not tell.
    """

    name: str
    clients: int
    a_second: float
    p50: float
    p95: float
    p99: float
    processor: float
    requests: int


class WrongAnswerError(Exception):
    """The desk did not answer as it should."""


def ask(port: int, pid: int, question: Question, clients: int, seconds: float) -> Rate:
    """Ask for some seconds, after some that do not count.

    Args:
        port: of the desk.
        pid: of its first process.
        question: what to ask.
        clients: how many ask at a time.
        seconds: how long.

    Raises:
        WrongAnswerError: an answer had another status than the right one.
        OSError: the desk is gone.
    """
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(lambda _: _client(port, question, min(1.0, seconds)), range(clients)))
        worked, start = processor_seconds(pid), perf_counter()
        times = [
            one
            for of_client in pool.map(lambda _: _client(port, question, seconds), range(clients))
            for one in of_client
        ]
        took, worked = perf_counter() - start, processor_seconds(pid) - worked
    half, most, nearly_all = np.percentile(times, [50, 95, 99]) * 1e3
    return Rate(
        name=question.name, clients=clients, a_second=len(times) / took, p50=float(half), p95=float(most),
        p99=float(nearly_all), processor=worked * 1e3 / len(times),
        requests=len(times),
    )  # fmt: skip


def _client(port: int, question: Question, seconds: float) -> list[float]:
    times: list[float] = []
    end = perf_counter() + seconds
    last, asked = None, b""
    with closing(Line(port)) as line:
        while not times or perf_counter() < end:
            if (body := question.body()) is not last:  # a file is put into its request once
                last, asked = body, request_bytes(question, body)
            start = perf_counter()
            status, said = line.ask(asked)
            times.append(perf_counter() - start)
            if status != question.status:
                raise WrongAnswerError(f"{question.name}: {status} {said[:200]!r}")
    return times


def request_bytes(question: Question, body: bytes) -> bytes:
    """A request as it goes through the line."""
    head = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **question.head}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"{question.method} {question.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


class Line:
    """A connection to the desk that costs the machine next to nothing, as those of `wrk` and `ab` do.

    Desk and clients share the processors: what `http.client` needs for a request, a third of a request that does
    nothing, would be counted as the desk's. It reads what the desk sends: a length and a body, never chunks.
    """

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and read its answer: the status and the body.

        Raises:
            OSError: the desk is gone, or answers in another form.
        """
        self.socket.sendall(request)
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = data[:end].lower()
        length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        if not length.strip().isdigit():
            raise OSError("The desk answered without a length.")
        while len(data) < end + 4 + int(length):
            data += self._more()
        return int(head[9:12]), data[end + 4 :]

    def _more(self) -> bytes:
        more = self.socket.recv(1 << 16)
        if not more:
            raise ConnectionError("The desk closed the line.")
        return more

    def close(self) -> None:
        self.socket.close()


def log_in(port: int, path: str, fields: Mapping[str, str]) -> dict[str, str]:
    """Log in at a page as a browser does; return the cookies of the session, by name.

    Args:
        port: of the desk.
        path: of the page with the form.
        fields: what is filled in.

    Raises:
        WrongAnswerError: the desk did not let in.
    """
    cookies = cookies_of(port, "GET", path, {}, "")
    body = urlencode({**fields, "csrfmiddlewaretoken": cookies["csrftoken"]})
    head = {"Cookie": cookie_head(cookies), "Content-Type": "application/x-www-form-urlencoded"}
    found = {**cookies, **cookies_of(port, "POST", path, head, body)}
    if STAFF not in found:
        raise WrongAnswerError("The desk let nobody in.")
    return found


def cookie_head(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def cookies_of(port: int, method: str, path: str, head: Mapping[str, str], body: str) -> dict[str, str]:
    """The cookies that an answer sets, by name."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, dict(head))
    told = connection.getresponse().headers.get_all("Set-Cookie", [])
    connection.close()
    return {name: morsel.value for line in told for name, morsel in SimpleCookie(line).items()}


def questions(key: str, picture: Image.Image | None) -> list[Question]:
    """All that is asked, the request that does nothing first."""
    bearer = {"Authorization": f"Bearer {key}"}
    as_json = {**bearer, "Content-Type": "application/json"}
    found = [
        Question("nothing", "GET", NOTHING, {}, bytes),
        Question("pdq", "POST", CHECK, as_json, lambda: signals(1)),
        Question("pdq in eight views", "POST", CHECK, as_json, lambda: signals(8)),
    ]
    for name, (width, height) in SIDES.items():
        data = jpeg(picture, width, height)
        about = f"JPEG of {name} megapixels, {len(data) // 1024} KiB"
        found.append(_whole(f"{about}: pdq", {**bearer, "Argine-Signals": "pdq"}, data))
        found.append(_form(f"{about}: pdq, in a form", bearer, data, "pdq"))
        found.append(_whole(f"{about}: all signals", bearer, data))
    found.append(_whole(f"PNG of {BOMB_SIDE**2 // 10**6} megapixels: refused", bearer, bomb(), 422))
    return found


def hma_questions(key: str, picture: Image.Image | None) -> list[Question]:
    """The same by HMA's addresses: a look-up by signal, and by file."""
    bearer = {"Authorization": f"Bearer {key}"}
    path = f"{LOOKUP}?signal_type=pdq&signal={secrets.token_hex(32)}"
    found = [Question("HMA's look-up: pdq", "GET", path, bearer, bytes)]
    for name, (width, height) in SIDES.items():
        data, mark = jpeg(picture, width, height), secrets.token_hex(16)
        start = f'--{mark}\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
        body = start.encode() + data + f"\r\n--{mark}--\r\n".encode()
        head = {**bearer, "Content-Type": f"multipart/form-data; boundary={mark}"}
        found.append(Question(f"HMA's look-up: JPEG of {name} megapixels", "POST", LOOKUP, head, partial(bytes, body)))
    return found


def _whole(name: str, head: Mapping[str, str], data: bytes, status: int = OK) -> Question:
    """A check of a file that is the whole body."""
    return Question(name, "POST", CHECK, {**head, "Content-Type": "application/octet-stream"}, lambda: data, status)


def signals(views: int) -> bytes:
    """A check by random `pdq`, which match nothing, as nearly all real ones do."""
    made = [{"type": "pdq", "value": secrets.token_hex(32), "quality": 100} for _ in range(views)]
    return json.dumps({"signals": made[:1], "views": made if views > 1 else []}).encode()


def _form(name: str, head: Mapping[str, str], data: bytes, types: str) -> Question:
    mark = secrets.token_hex(16)
    fields = f'--{mark}\r\nContent-Disposition: form-data; name="signals"\r\n\r\n{types}\r\n'
    start = f'{fields}--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    body = start.encode() + data + f"\r\n--{mark}--\r\n".encode()
    return Question(
        name, "POST", CHECK, {**head, "Content-Type": f"multipart/form-data; boundary={mark}"}, lambda: body
    )


def jpeg(picture: Image.Image | None, width: int, height: int) -> bytes:
    """A photograph, or without one a picture drawn by code, as a JPEG of a size."""
    if picture is None:
        rng = np.random.default_rng(7)
        coarse = Image.fromarray(rng.integers(0, 256, (30, 40, 3), np.uint8))
        smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), np.int16)
        picture = Image.fromarray((smooth + rng.integers(-9, 10, smooth.shape)).clip(0, 255).astype(np.uint8))
    file = io.BytesIO()
    picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def bomb(side: int = BOMB_SIDE) -> bytes:
    """A small PNG file of very many pixels, written line by line."""
    squeeze = zlib.compressobj(9)
    lines = b"".join(squeeze.compress(b"\0" * (1 + 3 * side)) for _ in range(side)) + squeeze.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", lines), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def largest(folder: Path) -> Image.Image | None:
    """The picture of a folder with the largest file; None if there is none."""
    files = photographs(folder)
    return Image.open(max(files, key=lambda path: path.stat().st_size)) if files else None


def photographs(folder: Path) -> list[Path]:
    """The JPEG and PNG files of a folder, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
