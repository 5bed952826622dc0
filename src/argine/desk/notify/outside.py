"""One POST to the platform's software or a witness, through the guard that everything outside is reached by."""

from collections.abc import Mapping
from dataclasses import dataclass

from argine.desk.core.outside import Limits, OutsideError, Request, Trouble, exchange
from argine.desk.notify.enums import Problem
from argine.desk.notify.errors import NotTakenError

LIMITS = Limits(seconds=10, most_bytes=4096)
PROBLEMS = {Trouble.PRIVATE: Problem.PRIVATE, Trouble.INSECURE: Problem.INSECURE}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: of its body the first 4,096 bytes; `kind` is its type of content, without parameters."""

    status: int
    kind: str
    body: bytes


def post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool) -> Answer:
    """Send a body, and return the answer, whatever it is.

    Raises:
        NotTakenError: the address is private, does not answer in time, or cannot prove who it is.
    """
    try:
        answer = exchange(Request(url, "POST", body, headers, private=private), LIMITS)
    except OutsideError as error:
        raise NotTakenError(PROBLEMS.get(error.trouble, Problem.UNREACHABLE)) from error
    kind = answer.header("Content-Type").partition(";")[0].strip().lower()
    return Answer(answer.status, kind, answer.body)
