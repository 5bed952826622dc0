"""One POST to the platform's software, through the guard that everything outside is reached by."""

from collections.abc import Mapping

from argine.desk.core.outside import Limits, OutsideError, Request, Trouble, exchange
from argine.desk.notify.enums import Problem
from argine.desk.notify.errors import NotTakenError

LIMITS = Limits(seconds=10, most_bytes=4096)
PROBLEMS = {Trouble.PRIVATE: Problem.PRIVATE, Trouble.INSECURE: Problem.INSECURE}


def post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool) -> int:
    """Send a body, and return the status of the answer, whatever it is.

    Raises:
        NotTakenError: the address is private, does not answer in time, or cannot prove who it is.
    """
    try:
        return exchange(Request(url, "POST", body, headers, private=private), LIMITS).status
    except OutsideError as error:
        raise NotTakenError(PROBLEMS.get(error.trouble, Problem.UNREACHABLE)) from error
