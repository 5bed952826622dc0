"""An upload check: what was sent, brought to signals, and what follows from them.

Exact signals count whatever the bytes are, so a banked file of any kind is found by its `sha256`. `unhashable` is said
when the content is a picture or film of which nothing could be compared by look, and no exact signal matched. Who sends
signals and no `pdq` or `video` among them asks for identical copies only, and is answered that: `allow` when there is
none.
"""

from collections.abc import Sequence
from functools import partial

from argine.desk.api.answers import CheckAnswer
from argine.desk.api.asks import CheckAsked
from argine.desk.api.bodies import Upload
from argine.desk.banks.live import BANKS
from argine.desk.banks.operations import Checked, Content, check_upload
from argine.desk.banks.queries import get_bank, listed
from argine.desk.cases.operations import note_seen_again
from argine.desk.core.actor import Actor
from argine.desk.core.errors import InvalidError, NotFoundError
from argine.desk.core.hashing import hash_upload
from argine.matching import BankKind, Verdict, decide
from argine.media.errors import MediaError
from argine.signals.errors import SignalError
from argine.signals.films import Enough
from argine.signals.hasher import HashedFile, hash_file_bytes
from argine.signals.types import EXACT_TYPES, MIN_PDQ_QUALITY, Signal, SignalType
from argine.signals.video.hashed import HashedVideo


def check_file(upload: Upload, *, by: Actor) -> CheckAnswer:
    """Check a file.

    Raises:
        MediaError: it is no picture or film that can be read, and no exact signal matched.
        InvalidError: there is no such bank.
    """
    content, banks = upload.fields.content(), known(upload.fields.banks)
    hashed, unreadable = _hash(upload.data, upload.fields.types(), partial(_is_decided, banks))
    checked = _check(hashed, content, banks, by)
    if unreadable is not None and not checked.matches:
        raise unreadable
    return CheckAnswer.of(checked, listed(hashed.every_signal), hashed)


def check_signals(asked: CheckAsked, *, by: Actor) -> CheckAnswer:
    """Check signals that the platform has made itself.

    Raises:
        InvalidError: a signal is malformed, or there is no such bank.
    """
    signals = asked.parsed_signals()
    animation = asked.parsed_animation()
    unhashable = _why_unhashable([*signals, *(animation.signals if animation else ())])
    video = asked.parsed_video(signals)
    asked_about = HashedFile(tuple(signals), unhashable, tuple(asked.parsed_views()), animation, video)
    checked = _check(asked_about, asked.content.content(), known(asked.banks), by)
    # How much of the file was compared, who sent the signals knows.
    return CheckAnswer.of(checked, (), HashedFile((), unhashable))


def known(banks: Sequence[str] | None) -> frozenset[str] | None:
    """The banks to ask; a misspelt one would otherwise never match and never be missed.

    Raises:
        InvalidError: there is no bank of that name.
    """
    try:
        return None if banks is None else frozenset(get_bank(bank).id for bank in banks)
    except NotFoundError:
        raise InvalidError("There is no such bank.", fields={"banks": "Name banks that there are."}) from None


def _check(hashed: HashedFile, content: Content, banks: frozenset[str] | None, by: Actor) -> Checked:
    try:
        checked = check_upload(hashed, by=by, content=content, banks=banks)
    except SignalError as error:
        raise InvalidError("A signal is malformed.", fields={"signals": str(error)}) from None
    if checked.matches:
        note_seen_again(checked, content, by=by)
    return checked


def _is_decided(banks: frozenset[str] | None, so_far: HashedVideo) -> bool:
    """Whether the rest of a film can change nothing: it is blocked, and nothing speaks for it."""
    matches = BANKS.matcher().match((), banks, video=so_far)
    kinds = {match.bank_kind for match in matches}
    return BankKind.NEGATIVE not in kinds and decide(matches, hashable=True) is Verdict.BLOCK


def _hash(data: bytes, types: frozenset[SignalType], enough: Enough) -> tuple[HashedFile, MediaError | None]:
    """The signals asked for; of what is no readable picture the exact ones, and why there are no others."""
    try:
        return hash_upload(data, types, enough), None
    except MediaError as error:
        return HashedFile(hash_file_bytes(data, EXACT_TYPES & types).signals, str(error)), error


def _why_unhashable(signals: Sequence[Signal]) -> str | None:
    looks = [signal for signal in signals if signal.type is SignalType.PDQ]
    films = any(signal.type is SignalType.VIDEO for signal in signals)
    if not looks or films or any(signal.hashable for signal in looks):
        return None
    best = max(signal.quality or 0 for signal in looks)
    return f"flat: quality {best} of 100, {MIN_PDQ_QUALITY} needed"
