"""Keys that lie wrapped: a program of the operator's, such as the client of a KMS, of Vault or of a TPM, opens them.

Without that program, or the device or account behind it, a copy of the disk or of a backup opens nothing. A wrapped
key file is a line that says so, and in base64 what the wrapping program made of the plain file. Both programs read
standard input and write standard output; no shell is between.
"""

import base64
import shlex
import subprocess
from dataclasses import dataclass
from functools import lru_cache

from argine.errors import ArgineError

HEAD = "argine-wrapped-key/1\n"
PATIENCE_S = 30.0
MOST_BYTES = 65_536


class KeyCommandError(ArgineError):
    """The program is missing, failed, or gave nothing of use. What it wrote is not repeated."""

    code = "key_command"


@dataclass(frozen=True, slots=True)
class Commands:
    """The operator's programs, as command lines; empty where there is none."""

    wrap: str = ""
    unwrap: str = ""


_used = Commands()


def use(commands: Commands) -> None:
    """Set the programs of this process."""
    global _used  # noqa: PLW0603 - one for a process, like the settings that it comes from
    _used = commands


def is_wrapped(content: str) -> bool:
    """Whether this is the content of a wrapped key file."""
    return content.startswith(HEAD)


def wrapped(plain: str) -> str:
    """The content of a key file as it is to lie on the disk: wrapped where there is a program for it.

    Raises:
        KeyCommandError: the program failed, or what it made cannot be opened again.
    """
    if not _used.wrap:
        return plain
    content = HEAD + base64.b64encode(_run("ARGINE_KEY_WRAP_COMMAND", _used.wrap, plain.encode())).decode() + "\n"
    if opened(content) != plain:
        raise KeyCommandError("ARGINE_KEY_UNWRAP_COMMAND does not give back what ARGINE_KEY_WRAP_COMMAND was given.")
    return content


def opened(content: str) -> str:
    """The plain content of a key file.

    Raises:
        KeyCommandError: it is wrapped, and the program that opens it is not set or failed.
    """
    return _unwrapped(content, _used.unwrap) if is_wrapped(content) else content


@lru_cache(maxsize=64)
def _unwrapped(content: str, command: str) -> str:
    """Asked once for each key and process: a KMS is far away, and heads are signed each minute."""
    if not command:
        raise KeyCommandError("The keys of this desk lie wrapped: set ARGINE_KEY_UNWRAP_COMMAND, which opens them.")
    try:
        blob = base64.b64decode(content.removeprefix(HEAD).strip(), validate=True)
        return _run("ARGINE_KEY_UNWRAP_COMMAND", command, blob).decode("ascii")
    except ValueError:
        raise KeyCommandError("A wrapped key file is damaged, or was opened to something else than a key.") from None


def _run(setting: str, command: str, given: bytes) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own words, without a shell
            shlex.split(command), input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=PATIENCE_S, check=False,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise KeyCommandError(f"{setting} cannot be started: {type(error).__name__}.") from None
    except subprocess.TimeoutExpired:
        raise KeyCommandError(f"{setting} gave no answer within {PATIENCE_S:.0f} seconds.") from None
    if done.returncode:
        raise KeyCommandError(f"{setting} failed with exit code {done.returncode}. Run it by hand to see why.")
    if not 0 < len(done.stdout) <= MOST_BYTES:
        raise KeyCommandError(f"{setting} wrote nothing, or far more than a key.")
    return done.stdout
