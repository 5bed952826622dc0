"""Refusals of the desk. Each knows its HTTP status and a sentence for the person who is refused.

DeskError
 +-- NotFoundError        absent, or not for you: the same answer for both
 +-- RefusedError         the thing's state does not permit it
 +-- ForbiddenError       this person may not
 +-- InvalidError         what was sent is wrong; `fields` says where
 +-- OtherSizeError       a witness remembers another size of a log; `size` says which
 +-- TooManyError         asked too often; `wait_s` says how long to wait
"""

from argine.errors import ArgineError


class DeskError(ArgineError):
    code = "refused"
    http_status = 400


class NotFoundError(DeskError):
    code = "not_found"
    http_status = 404


class RefusedError(DeskError):
    code = "refused"
    http_status = 409


class ForbiddenError(DeskError):
    code = "forbidden"
    http_status = 403


class InvalidError(DeskError):
    code = "invalid"
    http_status = 422

    def __init__(self, message: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class OtherSizeError(DeskError):
    """A witness remembers another size of a log than it was told; `size` is the one that it remembers."""

    code = "other_size"
    http_status = 409

    def __init__(self, message: str, *, size: int) -> None:
        super().__init__(message)
        self.size = size


class TooManyError(DeskError):
    code = "too_many"
    http_status = 429

    def __init__(self, message: str, *, wait_s: int) -> None:
        super().__init__(message)
        self.wait_s = wait_s
