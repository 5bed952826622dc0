"""The clamd façade: Debian's own `clamdscan --stream` asks a desk through it."""

import re
import shutil
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.functional.connect.conftest import Pictures
from tests.functional.connect.facade import Facade, connector
from tests.functional.running_desk import RunningDesk

CLAMDSCAN = shutil.which("clamdscan")
real_client = pytest.mark.usefixtures("the_client")


@pytest.fixture(scope="module")
def the_client() -> None:
    if CLAMDSCAN is None:
        pytest.skip("clamdscan is not installed (Debian package clamdscan)")


@pytest.fixture(scope="module")
def clamd(desk: RunningDesk) -> Iterator[Facade]:
    with connector("clamd", desk, "--most-mib", "8") as facade:
        yield facade


def scan(facade: Facade, folder: Path, *words: str) -> tuple[int, str]:
    assert CLAMDSCAN is not None
    config = folder / "clamd.conf"
    config.write_text(f"TCPSocket {facade.port}\nTCPAddr 127.0.0.1\nStreamMaxLength 100M\n")
    command = [CLAMDSCAN, f"--config-file={config}", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def say(facade: Facade, *words: bytes) -> bytes:
    """Speak as a client without a library does; give all that is answered."""
    with socket.create_connection(("127.0.0.1", facade.port), 30) as client:
        for word in words:
            client.sendall(word)
        return b"".join(iter(lambda: client.recv(4096), b""))


def stream(file: bytes, piece: int = 50_000) -> bytes:
    pieces = [file[place : place + piece] for place in range(0, len(file), piece)]
    return b"".join(struct.pack("!I", len(one)) + one for one in pieces) + struct.pack("!I", 0)


@real_client
def test_clamdscan_finds_the_known_picture_and_lets_the_others_pass(clamd: Facade, folder: Path) -> None:
    files = [str(folder / name) for name in ("known.jpg", "other.jpg", "letter.txt")]
    code, said = scan(clamd, folder, "--stream", *files)
    assert code == 1, said
    assert f"{files[0]}: Argine.KnownCopy FOUND" in said
    assert f"{files[1]}: OK" in said
    assert f"{files[2]}: OK" in said
    assert "Infected files: 1" in said
    assert scan(clamd, folder, "--stream", files[1])[0] == 0


@real_client
def test_clamdscan_walks_a_folder_and_many_streams_on_one_connection(clamd: Facade, folder: Path) -> None:
    code, said = scan(clamd, folder, "--stream", "--multiscan", str(folder))
    assert code == 1, said
    assert "known.jpg: Argine.KnownCopy FOUND" in said


@real_client
def test_clamdscan_gets_a_version_a_pong_and_the_limit_as_from_clamd(clamd: Facade, folder: Path) -> None:
    code, said = scan(clamd, folder, "--version")
    assert code == 0
    assert re.fullmatch(r"ClamAV 1\.4\.0-argine-[\d.]+/1/\w{3} \w{3} \d\d \d\d:\d\d:\d\d \d{4}\n", said)
    assert scan(clamd, folder, "--ping", "1:1")[0] == 0
    (folder / "large").write_bytes(b"x" * (9 * 1024 * 1024))
    code, said = scan(clamd, folder, "--stream", str(folder / "large"))
    assert code == 2, said
    assert "INSTREAM size limit exceeded. ERROR" in said


@real_client
def test_clamdscan_is_told_that_no_files_of_the_machine_are_read(clamd: Facade, folder: Path) -> None:
    code, said = scan(clamd, folder, str(folder / "known.jpg"))
    assert code == 2, said
    assert "use INSTREAM" in said


@pytest.mark.parametrize(
    ("fail", "code", "says"),
    [
        ("open", 0, "known.jpg: OK"),
        ("closed", 1, "known.jpg: Argine.NotChecked FOUND"),
        ("error", 2, "The desk could not be asked. ERROR"),
    ],
)
@real_client
def test_when_the_desk_is_away_clamdscan_is_told_what_was_set(folder: Path, fail: str, code: int, says: str) -> None:
    with connector("clamd", None, fail=fail) as facade:
        got, said = scan(facade, folder, "--stream", str(folder / "known.jpg"))
        assert (got, says in said) == (code, True), said
        assert 'argine_connect_away_total{connector="clamd",reason="unreachable"} 1' in facade.counts()


def test_both_forms_of_a_stream_and_the_old_ping_are_understood(clamd: Facade, pictures: Pictures) -> None:
    """Nextcloud, phpBB's and other scanners end commands by a line, clamdscan by a zero byte."""
    assert say(clamd, b"nINSTREAM\n", stream(pictures.known)) == b"stream: Argine.KnownCopy FOUND\n"
    assert say(clamd, b"zINSTREAM\0", stream(pictures.other)) == b"stream: OK\0"
    assert say(clamd, b"zINSTREAM\0" + stream(pictures.known, 1_000_000)) == b"stream: Argine.KnownCopy FOUND\0"
    assert say(clamd, b"PING\n") == b"PONG\n"
    assert say(clamd, b"nPING\n") == b"PONG\n"
    assert say(clamd, b"zVERSIONCOMMANDS\0").endswith(
        b"| COMMANDS: PING VERSION VERSIONCOMMANDS INSTREAM IDSESSION END\0"
    )
    assert say(clamd, b"zSHUTDOWN\0") == b"UNKNOWN COMMAND\0"


def test_a_session_holds_many_commands(clamd: Facade, pictures: Pictures) -> None:
    said = say(
        clamd,
        b"zIDSESSION\0zPING\0zINSTREAM\0",
        stream(pictures.known),
        b"zINSTREAM\0",
        stream(pictures.text),
        b"zEND\0",
    )
    assert said == b"1: PONG\0002: stream: Argine.KnownCopy FOUND\0003: stream: OK\0"


def test_a_client_that_breaks_off_or_talks_nonsense_harms_nobody_else(clamd: Facade, pictures: Pictures) -> None:
    for word in (b"", b"z", b"zINSTREAM\0\0\0", b"zINSTREAM\0\0\0\0\x09abc", b"z" + b"x" * 70_000, b"\xff\xfe\n"):
        with socket.create_connection(("127.0.0.1", clamd.port), 30) as client:
            client.sendall(word)
    assert say(clamd, b"nINSTREAM\n", stream(pictures.known)) == b"stream: Argine.KnownCopy FOUND\n"


def test_one_stream_too_many_gets_the_answer_that_was_set(desk: RunningDesk, pictures: Pictures) -> None:
    with (
        connector("clamd", desk, "--at-once", "1", "--waiting", "0", fail="open") as facade,
        socket.create_connection(("127.0.0.1", facade.port), 30) as slow,
    ):
        slow.sendall(b"zINSTREAM\0\0\0\0\x09abc")
        while say(facade, b"nINSTREAM\n", stream(pictures.known)) != b"stream: OK\n":
            pass  # the slow one was not yet taken in
        assert 'reason="limit"} 1' in facade.counts()
