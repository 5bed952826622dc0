"""From what was sent to signals, and to what is told of them."""

from collections.abc import Callable

from argine.desk.core.errors import InvalidError
from argine.desk.core.hashing import hash_for_bank, hash_upload
from argine.desk.hma.bodies import Sent
from argine.desk.hma.edge import UnhashableError
from argine.desk.hma.kinds import CONTENTS, EDITED, TYPES, chosen
from argine.signals.hasher import HashedFile, hash_file_bytes
from argine.signals.types import SignalType

Make = Callable[[bytes, frozenset[SignalType]], HashedFile]

BANKED = frozenset({SignalType.PDQ, SignalType.PATCH, SignalType.SHA256})
"""What a bank keeps of a picture: what finds edited copies, and what finds the very same file."""


def to_tell(sent: Sent, types: str | None) -> HashedFile:
    """Make the signals that were asked for, as everybody makes them: who asks may bank or share them.

    Raises:
        MediaError: a picture was sent that is none.
    """
    return _hash(sent, chosen(sent.content, types), hash_for_bank)


def to_look_up(sent: Sent, types: str | None) -> tuple[HashedFile, frozenset[str]]:
    """Make the signals by which copies are looked up, and say which kinds of matches to tell.

    Raises:
        MediaError: a picture was sent that is none.
        UnhashableError: it cannot be compared by look.
    """
    names = chosen(sent.content, types, (EDITED,) if sent.content == "photo" else ())
    if not names:
        raise InvalidError(f"A {sent.content} has the signal type {CONTENTS[sent.content]}.")
    hashed = _hash(sent, names, hash_upload)
    check_hashable(hashed)
    return hashed, names


def to_bank(sent: Sent) -> HashedFile:
    """Make what a bank keeps; errors are those of `to_look_up`."""
    if sent.content == "video":
        return hash_file_bytes(sent.data, {SignalType.MD5})
    hashed = hash_for_bank(sent.data, BANKED)
    check_hashable(hashed)
    return hashed


def check_hashable(hashed: HashedFile) -> None:
    if hashed.unhashable is not None:
        raise UnhashableError(
            f"unhashable, so neither a match nor no match: the picture is {hashed.unhashable} (invalid PDQ hash)"
        )


def _hash(sent: Sent, names: frozenset[str], make: Make) -> HashedFile:
    types = frozenset(TYPES[name] for name in names if name in TYPES)
    if EDITED in names:
        types |= {SignalType.PDQ, SignalType.PATCH}
    if types == {SignalType.MD5}:  # any bytes will do
        return hash_file_bytes(sent.data, types)
    return make(sent.data, types) if types else HashedFile(())
