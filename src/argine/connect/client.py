"""One question to a desk over its HTTP API: a file, or the exact hashes of one that is too large to be sent."""

import hashlib
import http.client
import json
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, Full, LifoQueue
from time import monotonic
from typing import IO
from urllib.parse import quote

from argine import __version__
from argine.connect.policy import Outcome, Reason
from argine.connect.settings import Settings
from argine.connect.spool import PIECE_BYTES, size_of

PATH = "/api/v1/check"
JSON, BYTES = "application/json", "application/octet-stream"
MOST_ANSWER_BYTES = 4 * 1024 * 1024
# A desk closes a connection that was quiet for 15 s.
QUIET_S = 10.0
OK, TOO_LARGE, FAULTS = 200, 413, 500
SAID = {401: Reason.KEY, 403: Reason.KEY, 429: Reason.RATE}
ABOUT_THE_FILE = {415, 422}
VERDICTS = {Outcome.BLOCK, Outcome.REVIEW, Outcome.ALLOW, Outcome.UNHASHABLE}
PRINTABLE = "".join(map(chr, range(33, 127)))
LONGEST_NAME = 300
# How a connection that was kept ends when the desk has closed it meanwhile.
GONE = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError)


@dataclass(frozen=True, slots=True)
class Content:
    """The platform's own name and address of its copy, so that a reviewer finds it."""

    id: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became known of an upload.

    Attributes:
        outcome: the desk's verdict, or why there is none.
        content: how the copy was named to the desk.
        reason: why the desk gave no answer; None if it gave one.
        told: the desk's whole answer; `id`, `matches` and `signals` are among its parts.
    """

    outcome: Outcome
    content: Content = Content()
    reason: Reason | None = None
    told: Mapping[str, object] = field(default_factory=dict, repr=False)


class DeskAway(Exception):  # noqa: N818  # it never leaves this package
    """There is no answer; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(slots=True)
class _Kept:
    connection: http.client.HTTPConnection
    since: float


class Client:
    """Asks a desk. Safe for threads; connections are kept for the next question."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._kept: LifoQueue[_Kept] = LifoQueue(settings.most_at_once)
        https = settings.address.scheme == "https"
        self._tls = ssl.create_default_context() if https else None

    def check(self, file: IO[bytes], content: Content) -> Answer:
        """Ask about a file, from its start to its end. It is not closed.

        Raises:
            DeskAway: there is no answer.
            ValueError: the file was closed meanwhile.
        """
        size = size_of(file)
        if size == 0:
            return Answer(Outcome.UNREADABLE, content)
        if size <= self.settings.most_file_bytes:
            status, body = self._ask(file, self._file_headers(size, content))
            if status != TOO_LARGE:
                return understand(status, body, content)
        return self._check_exact(file, content)

    def close(self) -> None:
        """End the connections that were kept."""
        with suppress(Empty):
            while True:
                self._kept.get_nowait().connection.close()

    def _check_exact(self, file: IO[bytes], content: Content) -> Answer:
        """Ask for identical copies only. `allow` would say too much of a file that was not looked at."""
        asked: dict[str, object] = {
            "signals": exact_signals(file), "content": {"id": content.id[:LONGEST_NAME], "url": content.url},
        }  # fmt: skip
        if self.settings.banks:
            asked["banks"] = list(self.settings.banks)
        answer = understand(*self._ask(json.dumps(asked).encode(), self._headers(JSON)), content)
        looked = answer.outcome is not Outcome.ALLOW
        return answer if looked else Answer(Outcome.UNREADABLE, content, told=answer.told)

    def _ask(self, body: bytes | IO[bytes], headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Ask over a connection that was kept, or else over a new one: a check may be repeated.

        Raises:
            DeskAway: nothing answers.
        """
        kept = self._take()
        try:
            if kept is not None:
                with suppress(*GONE):
                    return self._exchange(kept, body, headers)
            return self._exchange(self._connect(), body, headers)
        except TimeoutError:
            raise DeskAway(Reason.TIMEOUT) from None
        except (OSError, http.client.HTTPException, UnicodeError):
            raise DeskAway(Reason.UNREACHABLE) from None

    def _exchange(
        self, connection: http.client.HTTPConnection, body: bytes | IO[bytes], headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        if not isinstance(body, bytes):
            body.seek(0)
        try:
            whole = self._send(connection, body, headers)
            response = connection.getresponse()
            answer = response.read(MOST_ANSWER_BYTES)
        except BaseException:
            connection.close()
            raise
        self._keep(connection, whole and not response.will_close and response.isclosed())
        return response.status, answer

    def _send(
        self, connection: http.client.HTTPConnection, body: bytes | IO[bytes], headers: Mapping[str, str]
    ) -> bool:
        """Send a question; False if the desk, or a proxy before it, stopped reading: its answer may be there."""
        try:
            connection.request("POST", self.settings.address.path.rstrip("/") + PATH, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            if connection.sock is None:
                raise
            return False
        return True

    def _take(self) -> http.client.HTTPConnection | None:
        with suppress(Empty):
            while True:
                kept = self._kept.get_nowait()
                if monotonic() - kept.since < QUIET_S:
                    return kept.connection
                kept.connection.close()
        return None

    def _keep(self, connection: http.client.HTTPConnection, good: bool) -> None:  # noqa: FBT001  # private
        try:
            if good:
                self._kept.put_nowait(_Kept(connection, monotonic()))
                return
        except Full:
            pass
        connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        host, port, patience = self.settings.address.hostname or "", self.settings.address.port, self.settings.timeout_s
        if self._tls is None:
            return http.client.HTTPConnection(host, port, timeout=patience, blocksize=PIECE_BYTES)
        return http.client.HTTPSConnection(host, port, timeout=patience, blocksize=PIECE_BYTES, context=self._tls)

    def _file_headers(self, size: int, content: Content) -> dict[str, str]:
        given = {
            "Content-Length": str(size),
            "Argine-Banks": plain(",".join(self.settings.banks)),
            "Argine-Content-Id": plain(content.id)[:LONGEST_NAME],
            "Argine-Content-Url": plain(content.url),
        }
        return self._headers(BYTES) | {name: value for name, value in given.items() if value}

    def _headers(self, content_type: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.settings.key}",
            "Content-Type": content_type,
            "Accept": JSON,
            "User-Agent": f"argine-connect/{__version__}",
        }


def plain(text: str) -> str:
    """Write a text so that it may stand in a header."""
    return quote(text, safe=PRINTABLE)


def exact_signals(file: IO[bytes]) -> list[dict[str, str]]:
    """Hash a file, piece by piece, as the desk's API takes it."""
    file.seek(0)
    hashes = {"sha256": hashlib.sha256(), "md5": hashlib.md5(usedforsecurity=False)}
    while piece := file.read(PIECE_BYTES):
        for one in hashes.values():
            one.update(piece)
    return [{"type": name, "value": one.hexdigest()} for name, one in hashes.items()]


def understand(status: int, body: bytes, content: Content) -> Answer:
    """Read a desk's answer.

    Raises:
        DeskAway: it says nothing of the file.
    """
    told = object_in(body)
    if status == OK and told.get("verdict") in VERDICTS:
        return Answer(Outcome(str(told["verdict"])), content, told=told)
    if status in ABOUT_THE_FILE and isinstance(told.get("error"), str) and told["error"] != "invalid":
        return Answer(Outcome.UNREADABLE, content, told=told)
    raise DeskAway(SAID.get(status, Reason.FAULT if status >= FAULTS else Reason.STRANGE))


def object_in(body: bytes) -> Mapping[str, object]:
    """Read a JSON object; what is none is an empty one."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
