import http.client
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import Result
from PIL import Image
from tests.factories import make_key

from argine.cli.desk.check import Server, understand, why_unreachable
from argine.cli.exits import CommandError, Exit
from argine.desk.banks.models import Sighting
from argine.desk.banks.operations import LAWFUL, REMOVED, REPORTED
from argine.desk.people.enums import Scope
from argine.media.limits import DEFAULT_LIMITS

Run = Callable[..., Result]
Told = Callable[[Result], list[dict[str, Any]]]


@pytest.fixture
def banked(run: Run, desk: None, pictures: Path) -> None:
    run("bank", "add", REMOVED, pictures / "cat.png")


@pytest.mark.usefixtures("banked")
class TestHere:
    def test_a_reworked_copy_matches_and_another_picture_does_not(
        self, run: Run, told: Told, half_cat: Path, coffee: Path
    ) -> None:
        result = run("check", half_cat, coffee)
        copy, other = told(result)
        assert result.exit_code == Exit.OK
        assert (copy["verdict"], other["verdict"], other["matches"]) == ("block", "allow", [])
        whole, patches = copy["matches"]
        assert (whole["bank"], whole["signal_type"], whole["threshold"]) == (REMOVED, "pdq", 31)
        assert 0 < whole["distance"] <= 31
        assert (patches["signal_type"], patches["strength"]) == ("patch", "block")

    def test_a_part_of_a_banked_picture_is_found(self, run: Run, told: Told, pictures: Path, tmp_path: Path) -> None:
        part = tmp_path / "part.jpg"
        with Image.open(pictures / "cat.png") as cat:
            cat.crop((40, 30, 420, 280)).rotate(5).save(part)
        (record,) = told(run("check", part))
        assert record["verdict"] in {"block", "review"}
        assert {match["signal_type"] for match in record["matches"]} == {"patch"}

    def test_a_banked_picture_in_an_animation_is_found_and_the_frame_told(
        self, run: Run, told: Told, terminal: None, moving: Path
    ) -> None:
        (record,) = told(run("check", moving, "--json"))
        assert record["verdict"] == "block"
        assert {match["frame"] for match in record["matches"]} == {2}
        run("check", moving, "--record")
        assert Sighting.objects.filter(signal_type="pdq").get().found["frame"] == 2
        assert ", frame 2\n" in run("check", moving).stdout

    def test_no_match_ends_with_one(self, run: Run, coffee: Path) -> None:
        assert run("check", coffee).exit_code == Exit.DIFFERENT

    def test_a_file_that_cannot_be_checked_does_not_stop_the_others(
        self, run: Run, told: Told, broken: Path, half_cat: Path, tmp_path: Path
    ) -> None:
        result = run("check", broken, tmp_path / "absent", half_cat)
        assert result.exit_code == Exit.BAD_INPUT
        assert [record["verdict"] for record in told(result)] == [None, None, "block"]

    def test_a_flat_picture_is_unhashable_and_never_silently_no_match(self, run: Run, told: Told, flat: Path) -> None:
        result = run("check", flat)
        (record,) = told(result)
        assert (result.exit_code, record["verdict"]) == (Exit.DIFFERENT, "unhashable")
        assert record["unhashable"].startswith("flat")

    def test_a_broken_file_whose_very_bytes_are_banked_matches(self, run: Run, told: Told, broken: Path) -> None:
        run("bank", "add", REMOVED, broken, "--exact-only")
        result = run("check", broken)
        assert (result.exit_code, told(result)[0]["verdict"]) == (Exit.OK, "block")

    def test_only_the_named_banks_are_asked(self, run: Run, half_cat: Path) -> None:
        assert run("check", half_cat, "--bank", REPORTED).exit_code == Exit.DIFFERENT
        assert run("check", half_cat, "--bank", REPORTED, "--bank", REMOVED).exit_code == Exit.OK
        assert run("check", half_cat, "--bank", "nowhere").exit_code == Exit.REFUSED

    def test_a_match_that_is_known_to_be_lawful_counts_as_none(
        self, run: Run, told: Told, half_cat: Path, pictures: Path
    ) -> None:
        run("bank", "add", LAWFUL, pictures / "cat.png")
        result = run("check", half_cat)
        assert (result.exit_code, told(result)[0]["verdict"]) == (Exit.DIFFERENT, "allow")

    def test_nothing_is_recorded_unless_asked(self, run: Run, half_cat: Path) -> None:
        run("check", half_cat)
        assert not Sighting.objects.exists()
        run("check", half_cat, "--record")
        assert Sighting.objects.get(signal_type="pdq").by == "shell"

    @pytest.mark.parametrize("words", [["--key", "k"], ["--hash-locally"], ["--plain-http"]])
    def test_options_for_a_server_need_one(self, run: Run, coffee: Path, words: list[str]) -> None:
        assert run("check", coffee, *words).exit_code == Exit.USAGE

    def test_a_person_reads_the_verdict_and_the_distance(
        self, run: Run, terminal: None, half_cat: Path, flat: Path, broken: Path
    ) -> None:
        text = run("check", half_cat, flat, broken).stdout
        assert "half.jpg: block\n  removed (block): entry " in text
        assert " of at most 31\n" in text
        assert "flat.png: unhashable\n  not compared by look: flat" in text
        assert "broken.png: not checked: " in text


@pytest.mark.usefixtures("transactional_db", "banked")
class TestAtAServer:
    @pytest.fixture
    def ask(self, run: Run, live_server: Any) -> Run:
        key = make_key([Scope.CHECK])
        return lambda *words, **options: run("check", *words, "--server", live_server.url, "--key", key, **options)

    def test_the_server_says_what_it_would_say_to_a_platform(
        self, ask: Run, told: Told, half_cat: Path, coffee: Path, flat: Path, broken: Path
    ) -> None:
        result = ask(half_cat, coffee, flat, broken)
        assert result.exit_code == Exit.BAD_INPUT
        records = told(result)
        assert [record["verdict"] for record in records] == ["block", "allow", "unhashable", None]
        assert records[3]["error"].startswith("The server says: ")

    def test_hashed_here_the_answers_are_the_same_and_no_byte_is_sent(
        self, ask: Run, told: Told, monkeypatch: pytest.MonkeyPatch, half_cat: Path, coffee: Path, flat: Path
    ) -> None:
        sent: list[bytes] = []
        monkeypatch.setattr(http.client.HTTPConnection, "send", _recording(http.client.HTTPConnection.send, sent))
        as_files = told(ask(half_cat, coffee, flat))
        assert any(half_cat.read_bytes() in part for part in sent)
        sent.clear()
        as_signals = told(ask(half_cat, coffee, flat, "--hash-locally"))
        assert as_signals == as_files
        assert all(part.isascii() for part in sent)
        pieces = [half_cat.read_bytes()[start : start + 24] for start in range(0, 4000, 97)]
        assert not any(piece in part for part in sent for piece in pieces)

    def test_the_name_of_a_file_is_not_sent(
        self, ask: Run, monkeypatch: pytest.MonkeyPatch, half_cat: Path, tmp_path: Path
    ) -> None:
        sent: list[bytes] = []
        monkeypatch.setattr(http.client.HTTPConnection, "send", _recording(http.client.HTTPConnection.send, sent))
        named = tmp_path / "anna-rossi.jpg"
        named.write_bytes(half_cat.read_bytes())
        assert ask(named).exit_code == Exit.OK
        assert not any(b"anna" in part for part in sent)

    def test_only_the_named_banks_are_asked_there_too(self, ask: Run, half_cat: Path) -> None:
        for words in ([], ["--hash-locally"]):
            assert ask(half_cat, "--bank", REPORTED, *words).exit_code == Exit.DIFFERENT
            assert ask(half_cat, "--bank", REMOVED, *words).exit_code == Exit.OK
            unknown = ask(half_cat, "--bank", "nowhere", *words)
            assert (unknown.exit_code, unknown.stdout) == (Exit.BAD_INPUT, "")

    def test_a_broken_file_hashed_here_is_told(self, ask: Run, told: Told, broken: Path, tmp_path: Path) -> None:
        result = ask(broken, tmp_path / "absent", "--hash-locally")
        assert result.exit_code == Exit.BAD_INPUT
        assert all("error" in record for record in told(result))

    @pytest.mark.parametrize("scopes", [None, [Scope.ACTIONS]])
    def test_a_key_that_may_not_check_is_refused_in_one_line(
        self, run: Run, live_server: Any, coffee: Path, scopes: list[Scope] | None
    ) -> None:
        key = "argine_wrong" if scopes is None else make_key(scopes)
        result = run("check", coffee, "--server", live_server.url, "--key", key)
        assert (result.exit_code, result.stdout) == (Exit.REFUSED, "")
        assert result.stderr.count("\n") == 1
        assert key not in result.stderr

    def test_the_key_may_be_in_a_file_or_in_the_environment(
        self, run: Run, live_server: Any, coffee: Path, tmp_path: Path
    ) -> None:
        key = make_key([Scope.CHECK])
        (tmp_path / "key").write_text(key + "\n")
        server = ("--server", live_server.url)
        assert run("check", coffee, *server, "--key", f"@{tmp_path / 'key'}").exit_code == Exit.DIFFERENT
        assert run("check", coffee, *server, env={"ARGINE_KEY": key}).exit_code == Exit.DIFFERENT
        assert run("check", coffee, *server, "--key", f"@{tmp_path / 'absent'}").exit_code == Exit.BAD_INPUT


def _recording(send: Callable[..., None], sent: list[bytes]) -> Callable[..., None]:
    def record(self: http.client.HTTPConnection, data: bytes) -> None:
        sent.append(bytes(data))
        send(self, data)

    return record


@pytest.fixture
def other_server() -> Iterator[ThreadingHTTPServer]:
    """Something that answers and is no Argine."""

    class Other(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_server_that_is_no_argine_is_told_from_one(run: Run, other_server: ThreadingHTTPServer, coffee: Path) -> None:
    result = run("check", coffee, "--server", f"http://127.0.0.1:{other_server.server_port}", "--key", "k")
    assert (result.exit_code, result.stdout) == (Exit.UNREACHABLE, "")
    assert "no Argine" in result.stderr


def test_a_server_that_does_not_speak_tls_is_told(
    run: Run, other_server: ThreadingHTTPServer, coffee: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    result = run("check", coffee, "--server", f"https://127.0.0.1:{other_server.server_port}", "--key", "k")
    assert result.exit_code == Exit.UNREACHABLE
    assert result.stderr.count("\n") == 1


def test_a_server_that_is_away_ends_with_unreachable(run: Run, coffee: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    result = run("check", coffee, "--server", f"http://127.0.0.1:{port}", "--key", "k")
    assert (result.exit_code, result.stdout) == (Exit.UNREACHABLE, "")
    assert result.stderr == "argine: Nothing answers at the server's address. Is it running?\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--server", "http://127.0.0.1:1"],
        ["--server", "http://127.0.0.1:1", "--key", "two words"],
        ["--server", "http://127.0.0.1:1", "--key", "k\r\nX: y"],
        ["--server", "desk.example.org", "--key", "k"],
        ["--server", "ftp://desk.example.org", "--key", "k"],
        ["--server", "https://user:word@desk.example.org", "--key", "k"],
        ["--server", "https://desk.example.org:99999", "--key", "k"],
        ["--server", "http://desk.example.org", "--key", "k"],
        ["--server", "https://desk.example.org", "--key", "k", "--record"],
    ],
)
def test_what_would_be_wrong_or_unsafe_to_send_is_refused_before_anything_is(
    run: Run, coffee: Path, words: list[str]
) -> None:
    result = run("check", coffee, *words, env={"ARGINE_KEY": ""})
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, b"", Exit.REFUSED),
        (403, b"{}", Exit.REFUSED),
        (429, b"{}", Exit.REFUSED),
        (500, b"", Exit.UNREACHABLE),
        (503, b"<html>", Exit.UNREACHABLE),
        (301, b"", Exit.UNREACHABLE),
        (404, b'{"error": "x"}', Exit.UNREACHABLE),
        (200, b"[]", Exit.UNREACHABLE),
        (200, b'{"verdict": "block"}', Exit.UNREACHABLE),
        (200, b"[" * 100_000, Exit.UNREACHABLE),
        (422, b'{"message": "No bank.", "fields": {"banks": "x"}}', Exit.BAD_INPUT),
    ],
)
def test_each_answer_that_ends_the_command_has_its_exit_code(status: int, body: bytes, code: Exit) -> None:
    with pytest.raises(CommandError) as caught:
        understand(status, body)
    assert caught.value.exit == code


def test_what_a_server_says_cannot_play_with_the_terminal() -> None:
    body = json.dumps({"message": "\x1b[31mred\nnext" + "x" * 1000}).encode()
    with pytest.raises(Exception, match=r"^The server says: ") as caught:
        understand(413, body)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 350


def test_a_server_of_another_version_is_told(run: Run, coffee: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[dict[str, object]] = [{"verdict": "maybe", "matches": []}, {"verdict": "block", "matches": [{}]}]
    for answer in answers:
        monkeypatch.setattr(Server, "_ask", lambda *_, answer=answer: answer)
        result = run("check", coffee, "--server", "http://127.0.0.1:1", "--key", "k")
        assert result.exit_code == Exit.UNREACHABLE


def test_a_file_larger_than_a_picture_may_be_is_not_sent(run: Run, told: Told, tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(DEFAULT_LIMITS.max_bytes + 1)
    result = run("check", tmp_path / "huge", "--server", "http://127.0.0.1:1", "--key", "k")
    assert result.exit_code == Exit.BAD_INPUT
    assert "up to" in told(result)[0]["error"]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (socket.gaierror(-2, "Name or service not known"), "name is not known"),
        (TimeoutError("timed out"), "within 150 seconds"),
        (ConnectionResetError(104, "reset"), "broke off"),
        (http.client.BadStatusLine("x"), "does not speak HTTP"),
        (ssl.SSLCertVerificationError(1, "self-signed"), "certificate cannot be trusted"),
        (UnicodeError("label too long"), "cannot be one"),
        (OSError(101, "Network is unreachable"), "cannot be reached"),
    ],
)
def test_why_a_server_was_not_reached_is_said_in_words(error: Exception, text: str) -> None:
    if isinstance(error, ssl.SSLCertVerificationError):
        error.verify_message = "self-signed certificate"
    assert text in why_unreachable(error)
