"""`argine check`: does a file match a bank, here or at a server?

The only place of the command line that sends anything, and only to the server that was named.
"""

import http.client
import json
import secrets
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack
from urllib.parse import SplitResult

import click

from argine import __version__
from argine.cli.desk.check_records import (
    ANSWERS_YES,
    CheckRecord,
    InputError,
    LocalBanks,
    empty_record,
    record_of_answer,
    write_text,
)
from argine.cli.exits import CommandError, Exit
from argine.cli.failures import os_reason
from argine.cli.files import is_film_file, read_file, walk
from argine.cli.hash import FileRecord, query_path
from argine.cli.output import json_line, json_option, plain, progress, wants_json
from argine.connect.address import KEY_VARIABLE, parse_address, parse_key
from argine.connect.client import object_in
from argine.connect.errors import ConnectError
from argine.errors import ArgineError
from argine.media.film_limits import DEFAULT_VIDEO_LIMITS
from argine.media.limits import DEFAULT_LIMITS
from argine.signals.types import SignalType

TIMEOUT_S = 150.0  # a film may take two minutes
MOST_ANSWER_BYTES = 4 * 1024 * 1024
PATH = "/api/v1/check"
OK, UNAUTHORIZED, FORBIDDEN, TOO_MANY, FAULTS = 200, 401, 403, 429, 500
ABOUT_THE_FILE = {400, 411, 413, 415, 422}


class Way(TypedDict):
    """How is asked: the options of the command beside the files and banks."""

    server: str | None
    key: str | None
    hash_locally: bool
    record: bool
    plain_http: bool


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--bank", "banks", multiple=True, metavar="BANK", help="Ask this bank only; may be given several times.")
@click.option("--server", metavar="URL", help="Ask this Argine over the network, not the data folder of this machine.")
@click.option(
    "--key",
    metavar="KEY",
    help=f"The server's key, or @FILE that holds it: others on this machine may see what is written in a command. "
    f"Without it, {KEY_VARIABLE} is read.",
)
@click.option("--hash-locally", is_flag=True, help="Send a server the signals only: the file stays on this machine.")
@click.option("--record", is_flag=True, help="Let a match in the data folder count as met, as for a platform's upload.")
@click.option("--plain-http", is_flag=True, help="Send to a server without TLS, though others could read it.")
@json_option
@click.pass_context
def command(
    ctx: click.Context, /, files: tuple[Path, ...], banks: tuple[str, ...], *, as_json: bool, **way: Unpack[Way]
) -> None:
    """Ask whether files match a bank; folders are walked.

    Without --server, the banks of the data folder are asked and nothing is sent or kept. With it, each file goes to
    that server, which hashes and drops it, and takes every match down as met.

    The exit code is 0 if a file matched (block or review), 1 if none did, 3 if a file could not be checked, 5 if the
    server did not answer.
    """
    ask = _asker(banks, way)
    write = json_line if wants_json(as_json=as_json) else write_text
    failed = matched = False
    for path in progress(list(walk(files)), "Checking"):
        record = _check(ask, path)
        failed, matched = failed or "error" in record, matched or record["verdict"] in ANSWERS_YES
        write(record)
    ctx.exit(Exit.BAD_INPUT if failed else Exit.OK if matched else Exit.DIFFERENT)


def _asker(banks: Sequence[str], way: Way) -> "LocalBanks | Server":
    if way["server"] is None:
        if way["key"] or way["hash_locally"] or way["plain_http"]:
            raise click.UsageError("--key, --hash-locally and --plain-http are for a --server.")
        return LocalBanks.open(banks, record=way["record"])
    if way["record"]:
        raise click.UsageError("--record is for the data folder of this machine; a server decides that itself.")
    address = read_address(way["server"], plain_http=way["plain_http"])
    return Server(address, read_key(way["key"]), tuple(banks), send_files=not way["hash_locally"])


def _check(ask: "LocalBanks | Server", path: Path) -> CheckRecord:
    try:
        return ask.check(path)
    except InputError as error:
        return empty_record(path, str(error))


def read_key(given: str | None) -> str:
    """Take the key as it was given, from the file it names, or from the environment.

    Raises:
        CommandError: there is none, or it cannot be one. The key is not repeated.
        OSError: the file cannot be read.
    """
    try:
        return parse_key(given)
    except ConnectError as error:
        raise CommandError(str(error), Exit.USAGE) from None


def read_address(text: str, *, plain_http: bool) -> SplitResult:
    """Read the server's address, such as https://desk.example.org.

    Raises:
        CommandError: it is none, or what is sent to it could be read on the way.
    """
    try:
        return parse_address(text, plain_http=plain_http)
    except ConnectError as error:
        raise CommandError(str(error), Exit.USAGE) from None


@dataclass(frozen=True, slots=True)
class Server:
    """An Argine somewhere else, asked over its API."""

    address: SplitResult
    key: str
    banks: tuple[str, ...]
    send_files: bool

    def check(self, path: Path) -> CheckRecord:
        """Ask about one file.

        Raises:
            InputError: this file cannot be checked.
            CommandError: no file can: the server is away, refuses the key, or is no Argine.
        """
        if self.send_files:
            return record_of_answer(path, self._ask(*self._form(_read(path))))
        made = query_path(path)
        if not made["signals"]:
            raise InputError(made.get("error") or "The file cannot be read.")
        answer = record_of_answer(path, self._ask(*self._json(made)))
        return _with_local_knowledge(answer, made)

    def _form(self, data: bytes) -> tuple[bytes, str]:
        """Make the multipart form. The file's own name is not sent: it may say more than its sender means to."""
        boundary = secrets.token_hex(16)
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="banks"\r\n\r\n{bank}\r\n'.encode()
            for bank in self.banks
        ]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="upload"\r\n'
        head += "Content-Type: application/octet-stream\r\n\r\n"
        body = b"".join([*parts, head.encode(), data, f"\r\n--{boundary}--\r\n".encode()])
        return body, f"multipart/form-data; boundary={boundary}"

    def _json(self, made: FileRecord) -> tuple[bytes, str]:
        asked: dict[str, object] = {"signals": made["signals"], "views": made.get("views", [])}
        if "animation" in made:
            asked["frames"] = made["animation"]["frames"]
        if "film" in made and any(signal["type"] == SignalType.VIDEO for signal in made["signals"]):
            asked["video_views"] = made["film"]["views"]
        if self.banks:
            asked["banks"] = list(self.banks)
        return json.dumps(asked).encode(), "application/json"

    def _ask(self, body: bytes, content_type: str) -> Mapping[str, object]:
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": content_type,
            "Accept": "application/json",
            "User-Agent": f"argine/{__version__}",
        }
        connection = self._connection()
        try:
            connection.request("POST", self.address.path.rstrip("/") + PATH, body, headers)
            response = connection.getresponse()
            return understand(response.status, response.read(MOST_ANSWER_BYTES))
        except (OSError, UnicodeError, http.client.HTTPException) as error:
            raise CommandError(why_unreachable(error), Exit.UNREACHABLE) from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self.address.hostname or "", self.address.port
        if self.address.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())


def _read(path: Path) -> bytes:
    try:
        return read_file(path, DEFAULT_VIDEO_LIMITS if is_film_file(path) else DEFAULT_LIMITS)
    except OSError as error:
        raise InputError(os_reason(error)) from error
    except ArgineError as error:
        raise InputError(str(error)) from error


def _with_local_knowledge(answer: CheckRecord, made: FileRecord) -> CheckRecord:
    """Add what only this machine knows: a picture without a `pdq` was not compared by look."""
    if answer["verdict"] == "allow" and not answer["matches"] and "error" in made:
        raise InputError(made["error"])
    why = made["unhashable"] or made.get("error")
    if why is not None:
        answer["unhashable"] = why
        if answer["verdict"] == "allow" and not answer["matches"]:
            answer["verdict"] = "unhashable"
    return answer


def understand(status: int, body: bytes) -> Mapping[str, object]:
    """Read a server's answer.

    Raises:
        InputError: it refuses this file.
        CommandError: it refuses everything, has a fault, or is no Argine.
    """
    if status == UNAUTHORIZED:
        raise CommandError("The server does not know this key, or it was revoked or is over.", Exit.REFUSED)
    if status == FORBIDDEN:
        raise CommandError("The server does not let this key check uploads.", Exit.REFUSED)
    if status == TOO_MANY:
        raise CommandError("The server was asked too often. Try again later.", Exit.REFUSED)
    if status >= FAULTS:
        raise CommandError(f"The server has a fault (status {status}). Try again later.", Exit.UNREACHABLE)
    answer = object_in(body)
    if status == OK and isinstance(answer.get("verdict"), str) and isinstance(answer.get("matches"), list):
        return answer
    if status in ABOUT_THE_FILE and isinstance(answer.get("message"), str):
        raise _refusal(answer)
    raise CommandError(
        f"What answers there is no Argine, or its address is another (status {status}).", Exit.UNREACHABLE
    )


def _refusal(answer: Mapping[str, object]) -> ArgineError:
    message, fields = plain(str(answer["message"])), answer.get("fields")
    if isinstance(fields, dict) and "banks" in fields:
        return CommandError(f"The server says: {message}", Exit.BAD_INPUT)
    return InputError(f"The server says: {message}")


# The first that fits counts.
WHY_UNREACHABLE: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLError, "The server does not speak TLS as it should. Is its address right?"),
    (socket.gaierror, "The server's name is not known. Is its address right?"),
    (UnicodeError, "The server's name cannot be one."),
    (TimeoutError, f"The server did not answer within {TIMEOUT_S:.0f} seconds."),
    (ConnectionRefusedError, "Nothing answers at the server's address. Is it running?"),
    (ConnectionError, "The server broke off. Is its address right?"),
    (http.client.HTTPException, "What answers there does not speak HTTP. Is the address right?"),
)


def why_unreachable(error: Exception) -> str:
    """Say in a line why there was no answer."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The server's certificate cannot be trusted: {plain(error.verify_message)}."
    return next((text for kind, text in WHY_UNREACHABLE if isinstance(error, kind)), "The server cannot be reached.")
