"""How handing a message over can end, if not well."""

from argine.desk.notify.enums import Problem


class NotTakenError(Exception):
    """The other side has certainly not taken the message."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class UnsureError(Exception):
    """The other side may have taken it: the answer never came."""


class NotMineError(Exception):
    """Another courier has taken this message over: the lease ran out."""
