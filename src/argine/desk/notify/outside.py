"""One POST to the platform's software, by the guarded way outside (`core.outside`)."""

from collections.abc import Mapping

from argine.desk.core.outside import Asked, OutsideError, Trouble, ask
from argine.desk.notify.enums import Problem
from argine.desk.notify.errors import NotTakenError

PROBLEMS = {Trouble.PRIVATE: Problem.PRIVATE, Trouble.INSECURE: Problem.INSECURE}


def post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool) -> int:
    """Send a body, and return the status of the answer, whatever it is.

    Raises:
        NotTakenError: the address is private, does not answer in time, or cannot prove who it is.
    """
    try:
        return ask(Asked(url, "POST", body, headers, private=private, cut=True)).status
    except OutsideError as error:
        raise NotTakenError(PROBLEMS.get(error.trouble, Problem.UNREACHABLE)) from error
