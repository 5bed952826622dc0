"""How a command ends: what its exit code says, and the error that carries one."""

from enum import IntEnum
from typing import Self

from argine.errors import ArgineError


class Exit(IntEnum):
    """The exit codes, the same for every command; `meaning` is what `argine --help` says of each."""

    meaning: str

    OK = 0, "done, and the answer is yes: same, found, verified"
    DIFFERENT = 1, "done, and the answer is no: different, no match"
    USAGE = 2, "the command was written wrong"
    BAD_INPUT = 3, "a file or a value cannot be read; the others were done"
    REFUSED = 4, "Argine refused: not allowed, or not possible in this state"
    UNREACHABLE = 5, "a server did not answer"
    ALTERED = 6, "something that must not change was altered: the log does not verify"
    FAULT = 70, "a fault in Argine itself; please report it"
    INTERRUPTED = 130, "stopped by Ctrl-C"

    def __new__(cls, code: int, meaning: str) -> Self:
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member


class CommandError(ArgineError):
    """A command cannot go on. The text is the one line that the person at the keyboard sees.

    Attributes:
        exit: the exit code.
    """

    code = "command"

    def __init__(self, message: str, exit: Exit) -> None:  # noqa: A002 - what it is
        super().__init__(message)
        self.exit = exit
