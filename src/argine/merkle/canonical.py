"""The one byte form of a log entry: canonical JSON (RFC 8785), without numbers that have a fraction.

Sorted keys, no spaces, UTF-8, text as it was given (no Unicode normalisation). Whole numbers stay below 2**53
in size, which every JSON reader keeps exactly; floats have too many spellings and are refused.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from argine.merkle.errors import MerkleError

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 32

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"


def canonical_json(value: object) -> bytes:
    """Return the canonical bytes of null, booleans, whole numbers, text, lists and objects.

    Raises:
        MerkleError: any other type, a key that is not text, a number of 2**53 or more, broken Unicode, or
            more than 32 levels.
    """
    ordered = _ordered(value, MAX_DEPTH)
    try:
        return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise MerkleError("Expected text that UTF-8 can hold, got half of a surrogate pair.") from None


def parse_canonical_json(data: bytes) -> Json:
    """Read canonical bytes back, refusing any other spelling of the same value.

    So what is shown to a person and what was hashed are the same thing: no double key, no hidden white space.

    Raises:
        MerkleError: not JSON, or not in canonical form.
    """
    try:
        value: Json = json.loads(data.decode())
    except (ValueError, RecursionError):
        raise MerkleError("Expected an entry in JSON, got something else.") from None
    if canonical_json(value) != data:
        raise MerkleError("Expected an entry in canonical JSON, got another spelling of it.")
    return value


def _ordered(value: object, depth: int) -> Json:
    if depth < 0:
        raise MerkleError(f"Expected at most {MAX_DEPTH} levels in an entry, got more.")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return _checked_integer(value)
    if isinstance(value, Mapping):
        return {key: _ordered(value[key], depth - 1) for key in sorted(map(_checked_key, value), key=_utf16)}
    if isinstance(value, (list, tuple)):
        return [_ordered(item, depth - 1) for item in value]
    raise MerkleError(f"Expected null, booleans, whole numbers, text, lists or objects, got {type(value).__name__}.")


def _checked_integer(value: int) -> int:
    if abs(value) > MAX_INTEGER:
        raise MerkleError("Expected a whole number below 2**53 in size, got a larger one.")
    return value


def _checked_key(key: object) -> str:
    if not isinstance(key, str):
        raise MerkleError(f"Expected text as key, got {type(key).__name__}.")
    return key


def _utf16(key: str) -> bytes:
    # RFC 8785 section 3.2.3 sorts by UTF-16 code units. Broken text passes here and is refused at the end.
    return key.encode("utf-16-be", "surrogatepass")
