"""How a connector is set up: one form for all of them, read strictly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Self, TypeVar
from urllib.parse import SplitResult

from argine.connect.address import parse_address, parse_key
from argine.connect.errors import ConnectError
from argine.connect.policy import Do, Fail, Rules

MIB = 1024 * 1024
FAIL_MISSING = (
    "Say what happens to an upload when the desk cannot be asked: fail='open' lets it in unchecked, "
    "fail='closed' refuses it."
)
FAIL_ERROR = "fail='error' is for clamd and ICAP, whose clients know such an answer. Say 'open' or 'closed'."

Words = TypeVar("Words", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a desk is asked, and what follows.

    Attributes:
        address: of the desk.
        key: with the scope `check`.
        rules: what happens to an upload by the desk's answer, or without one.
        timeout_s: seconds for a whole answer, waiting for its turn included.
        most_at_once: questions that are under way at once.
        most_waiting: questions that may wait for their turn; the next one is answered as if the desk were away.
        most_file_bytes: a larger file is not sent; only its exact hashes are.
        banks: only these are asked; all if there are none.
    """

    address: SplitResult
    key: str
    rules: Rules
    timeout_s: float = 30.0
    most_at_once: int = 8
    most_waiting: int = 32
    most_file_bytes: int = 256 * MIB
    banks: tuple[str, ...] = ()

    @classmethod
    def read(cls, given: Mapping[str, object], *, knows_error: bool = False) -> Self:
        """Read settings by their plain names; upper case will do.

        `address`, `key` (or `@FILE`; else ARGINE_KEY) and `fail` (`open` or `closed`) must be there; `review` and
        `not_compared` are `accept` or `refuse`; `plain_http`, `timeout_s`, `most_at_once`, `most_waiting`,
        `most_file_mib` and `banks` may be.

        Raises:
            ConnectError: something is missing, unknown or wrong; the text says what. No value is repeated.
            OSError: the file of the key cannot be read.
        """
        left = {name.lower(): value for name, value in given.items()}
        rules = _rules(left, knows_error=knows_error)
        plain = left.pop("plain_http", False) is True
        read = cls(
            address=parse_address(str(left.pop("address", "")), plain_http=plain),
            key=parse_key(_text_or_none(left.pop("key", None))),
            rules=rules,
            timeout_s=_number(left, "timeout_s", 30.0, least=0.1),
            most_at_once=int(_number(left, "most_at_once", 8, least=1)),
            most_waiting=int(_number(left, "most_waiting", 32, least=0)),
            most_file_bytes=int(_number(left, "most_file_mib", 256, least=1) * MIB),
            banks=_names(left.pop("banks", ())),
        )
        if left:
            raise ConnectError(f"There is no setting {min(left)!r}. There are: {', '.join(NAMES)}.")
        return read


NAMES = sorted(
    {field.name for field in fields(Settings)} - {"rules", "most_file_bytes"}
    | {field.name for field in fields(Rules)} | {"plain_http", "most_file_mib"}
)  # fmt: skip


def _rules(left: dict[str, object], *, knows_error: bool) -> Rules:
    if "fail" not in left:
        raise ConnectError(FAIL_MISSING)
    fail = _word(Fail, "fail", left.pop("fail"))
    if fail is Fail.ERROR and not knows_error:
        raise ConnectError(FAIL_ERROR)
    review, not_compared = (_word(Do, name, left.pop(name, Do.ACCEPT)) for name in ("review", "not_compared"))
    return Rules(fail, review, not_compared)


def _word(kind: type[Words], name: str, value: object) -> Words:
    try:
        return kind(str(value))
    except ValueError:
        raise ConnectError(f"{name} is one of: {', '.join(kind)}.") from None


def _number(left: dict[str, object], name: str, default: float, *, least: float) -> float:
    value = left.pop(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
        raise ConnectError(f"{name} is a number of at least {least:g}.")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ConnectError("banks is a list of names.")
    return tuple(str(name) for name in value)
