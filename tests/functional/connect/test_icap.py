"""The ICAP façade: Debian's own `c-icap-client` asks a desk through it."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.functional.connect.conftest import Pictures
from tests.functional.connect.facade import Facade, connector
from tests.functional.running_desk import RunningDesk

CLIENT = shutil.which("c-icap-client")
real_client = pytest.mark.usefixtures("the_client")
FORM = "multipart/form-data; boundary=xyz"


@pytest.fixture(scope="module")
def the_client() -> None:
    if CLIENT is None:
        pytest.skip("c-icap-client is not installed (Debian package c-icap)")


@pytest.fixture(scope="module")
def icap(desk: RunningDesk) -> Iterator[Facade]:
    with connector("icap", desk, "--most-mib", "8") as facade:
        yield facade


def run(facade: Facade, *words: str) -> str:
    assert CLIENT is not None
    command = [CLIENT, "-i", "127.0.0.1", "-p", str(facade.port), "-s", "argine", "-v", "-d", "3", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, errors="replace")
    return done.stdout + done.stderr


def scan(facade: Facade, file: Path, *words: str) -> tuple[str, bytes]:
    """Let the real client ask about a file; give all that it says, and the body that it was handed."""
    out = file.with_suffix(".out")
    said = run(facade, "-f", str(file), "-o", str(out), *words)
    return said, out.read_bytes() if out.exists() else b""


@real_client
def test_the_client_reads_what_the_service_can_do(icap: Facade) -> None:
    said = run(icap)
    assert "OPTIONS" in said or "ICAP/1.0 200" in said, said
    assert "Allow 204: Yes" in said, said
    assert "Preview: 1024" in said, said
    assert "RESPMOD" in said, said


@real_client
@pytest.mark.parametrize("way", ["-resp", "-req"])
@pytest.mark.parametrize("preview", [(), ("-nopreview",), ("-w", "16")])
def test_the_client_is_handed_a_page_in_place_of_the_known_picture(
    icap: Facade, folder: Path, way: str, preview: tuple[str, ...]
) -> None:
    said, body = scan(icap, folder / "known.jpg", way, "http://forum.example/7.jpg", *preview)
    assert "X-Infection-Found: Type=0; Resolution=2; Threat=Argine.KnownCopy;" in said, said
    assert "403 Forbidden" in said, said
    assert body.startswith(b"This file was not taken"), body


@real_client
@pytest.mark.parametrize("way", ["-resp", "-req"])
@pytest.mark.parametrize("name", ["other.jpg", "letter.txt"])
def test_the_client_is_told_to_let_others_pass(icap: Facade, folder: Path, way: str, name: str) -> None:
    said, body = scan(icap, folder / name, way, "http://forum.example/7.jpg")
    assert "No modification needed (Allow 204 response)" in said, said
    assert body in (b"", (folder / name).read_bytes())


@real_client
def test_a_client_that_does_not_know_204_gets_the_same_back(icap: Facade, folder: Path) -> None:
    _, body = scan(icap, folder / "other.jpg", "-no204", "-nopreview", "-resp", "http://forum.example/7.jpg")
    assert body == (folder / "other.jpg").read_bytes()


@pytest.mark.parametrize(
    ("fail", "says"),
    [("open", "Allow 204 response"), ("closed", "Threat=Argine.NotChecked"), ("error", "503 Service Unavailable")],
)
@real_client
def test_when_the_desk_is_away_the_client_is_told_what_was_set(folder: Path, fail: str, says: str) -> None:
    with connector("icap", None, fail=fail) as facade:
        said, _ = scan(facade, folder / "known.jpg", "-resp", "http://forum.example/7.jpg")
        assert says in said, said
        assert 'argine_connect_away_total{connector="icap",reason="unreachable"} 1' in facade.counts()


def request(http: bytes, body: bytes, *, preview: int | None = None, allow: str = "Allow: 204\r\n") -> bytes:
    """Write a REQMOD as a proxy does. With a preview that is all there is, the body ends with `ieof`."""
    more = "" if preview is None else f"Preview: {preview}\r\n"
    head = f"REQMOD icap://localhost/reqmod ICAP/1.0\r\nHost: localhost\r\n{allow}{more}"
    head += f"Encapsulated: req-hdr=0, req-body={len(http)}\r\n\r\n"
    end = b"0; ieof\r\n\r\n" if preview is not None else b"0\r\n\r\n"
    return head.encode() + http + (f"{len(body):x}\r\n".encode() + body + b"\r\n" if body else b"") + end


def say(facade: Facade, *words: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", facade.port), 30) as client:
        for word in words:
            client.sendall(word)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(4096), b""))


def upload(*files: bytes) -> tuple[bytes, bytes]:
    parts = [
        b'--xyz\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n' + file + b"\r\n" for file in files
    ]
    return f"POST /upload HTTP/1.1\r\nContent-Type: {FORM}\r\n\r\n".encode(), b"".join(parts) + b"--xyz--\r\n"


def test_the_files_of_a_form_are_found_and_a_connection_serves_many(icap: Facade, pictures: Pictures) -> None:
    """What a proxy before a platform sends: whole requests, one after another."""
    said = say(
        icap,
        request(*upload(pictures.other, pictures.known)),
        request(*upload(pictures.other, pictures.text)),
        request(*upload()),
        request(b"POST /upload HTTP/1.1\r\nContent-Type: text/plain\r\n\r\n", b"hello", preview=1024),
        request(b"POST /upload HTTP/1.1\r\nContent-Type: text/plain\r\n\r\n", b"", preview=0),
    )
    answers = [line.split()[1] for line in said.split(b"\r\n") if line.startswith(b"ICAP/1.0")]
    assert answers == [b"200", b"204", b"204", b"204", b"204"]
    assert said.count(b"Threat=Argine.KnownCopy") == 1


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"REQMOD icap://localhost/reqmod ICAP/1.0\r\n\r\n",
        b"REQMOD icap://localhost/reqmod ICAP/1.0\r\nEncapsulated: req-hdr=0, req-body=99999999\r\n\r\n",
        b"REQMOD icap://localhost/reqmod ICAP/1.0\r\nEncapsulated: req-body=0\r\n\r\nxyz\r\n",
        b"REQMOD icap://localhost/reqmod ICAP/1.0\r\nEncapsulated: req-body=0\r\n\r\n-5\r\n",
        b"REQMOD icap://localhost/reqmod ICAP/1.0\r\nEncapsulated: req-body=0\r\n\r\n2\r\nabcdef",
    ],
)
def test_what_is_no_icap_is_told_so_and_harms_nobody_else(icap: Facade, pictures: Pictures, nonsense: bytes) -> None:
    assert say(icap, nonsense).startswith(b"ICAP/1.0 400 ")
    assert b"KnownCopy" in say(icap, request(*upload(pictures.known)))


def test_a_form_that_may_be_read_in_two_ways_counts_as_not_compared(desk: RunningDesk, pictures: Pictures) -> None:
    with connector("icap", desk, "--not-compared", "refuse") as facade:
        http, body = upload(pictures.other)
        assert b"Threat=Argine.NotComparable" in say(facade, request(http, body + body))
        assert b"ICAP/1.0 204" in say(facade, request(http, body))


def test_what_is_too_large_passes_by_204_and_never_by_half(icap: Facade) -> None:
    http = b"PUT /7 HTTP/1.1\r\n\r\n"
    large = b"x" * (9 * 1024 * 1024)
    assert b"ICAP/1.0 204" in say(icap, request(http, large))
    assert b"ICAP/1.0 503" in say(icap, request(http, large, allow=""))
