"""What a signal is, and its one text form."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from argine.signals.errors import SignalError
from argine.signals.patch_bytes import check_patch_bytes, from_base64url, to_base64url
from argine.signals.video_bytes import MAX_TEXT as MAX_VIDEO_TEXT
from argine.signals.video_bytes import check_video_bytes

MIN_PDQ_QUALITY = 50
"""Below this a picture is too flat for its PDQ to tell it from others (the authors advise to drop 49 and less)."""


class SignalType(StrEnum):
    PDQ = "pdq"
    PATCH = "patch"
    SHA256 = "sha256"
    MD5 = "md5"
    VIDEO = "video"

    @property
    def size(self) -> int:
        """Length of a value of this type in bytes; 0 where it varies, as for `patch` and `video`."""
        return _SIZES[self]


_SIZES = {
    SignalType.PDQ: 32,
    SignalType.PATCH: 0,
    SignalType.SHA256: 32,
    SignalType.MD5: 16,
    SignalType.VIDEO: 0,
}

EXACT_TYPES = frozenset({SignalType.SHA256, SignalType.MD5})
"""Types that tell identical files, and need no picture."""

PICTURE_TYPES = frozenset(SignalType) - {SignalType.VIDEO}
"""Types that are made of a picture."""

FILM_TYPES = EXACT_TYPES | {SignalType.VIDEO}
"""Types that are made of a film."""

_TEXT_TYPES = frozenset({SignalType.PATCH, SignalType.VIDEO})


@dataclass(frozen=True, slots=True)
class Signal:
    """One hash of one picture, or of one film.

    Attributes:
        type: how the hash was made.
        value: 32 bytes (`pdq`, `sha256`) or 16 bytes (`md5`), most significant bit first; the byte form of a `PatchSet`
            (`patch`) or of a `VideoSignal` (`video`), whose content is checked where it is read.
        quality: of a `pdq` only: 0 (flat) to 100; None where the maker did not say.

    Raises:
        SignalError: the value has another length, or the quality is out of range or out of place.
    """

    type: SignalType
    value: bytes
    quality: int | None = None

    def __post_init__(self) -> None:
        if self.type is SignalType.PATCH:
            check_patch_bytes(self.value)
        elif self.type is SignalType.VIDEO:
            check_video_bytes(self.value)
        elif len(self.value) != self.type.size:
            raise SignalError(f"A {self.type} hash has {self.type.size} bytes, this one has {len(self.value)}.")
        if self.quality is None:
            return
        if self.type is not SignalType.PDQ:
            raise SignalError(f"Only a pdq hash has a quality; leave it out for {self.type}.")
        if not 0 <= self.quality <= 100:  # noqa: PLR2004 - the scale's own ends
            raise SignalError("The quality of a pdq hash is a whole number from 0 to 100.")

    @classmethod
    def parse(cls, type: str, text: str, quality: int | None = None) -> Self:  # noqa: A002 - the field's name
        """Read a signal from its text form; upper case is accepted.

        Args:
            type: "pdq", "patch", "sha256", "md5" or "video".
            text: hexadecimal digits: 64 for `pdq` and `sha256`, 32 for `md5`; base64url without padding for `patch`
                and `video`.
            quality: of a `pdq`, 0 to 100, where known.

        Raises:
            SignalError: any of the three is not of that form.
        """
        kind = _known_type(type)
        if kind is SignalType.PATCH:
            return cls(kind, from_base64url(text), quality)
        if kind is SignalType.VIDEO:
            return cls(kind, from_base64url(text, MAX_VIDEO_TEXT, "video signal"), quality)
        if len(text) != 2 * kind.size:
            raise SignalError(f"A {kind} hash is written with {2 * kind.size} digits, this one has {len(text)}.")
        if not text.isascii() or not text.isalnum():
            raise SignalError(f"A {kind} hash is written with the digits 0-9 and a-f only.")
        try:
            value = bytes.fromhex(text)
        except ValueError:
            raise SignalError(f"A {kind} hash is written with the digits 0-9 and a-f only.") from None
        return cls(kind, value, quality)

    @property
    def text(self) -> str:
        """The one text form: lower-case hexadecimal; of a `patch` or `video`, base64url without padding."""
        return to_base64url(self.value) if self.type in _TEXT_TYPES else self.value.hex()

    @property
    def hashable(self) -> bool:
        """Whether the signal says enough of its picture to be matched: false for the `pdq` of a flat one."""
        return self.quality is None or self.quality >= MIN_PDQ_QUALITY


def _known_type(name: str) -> SignalType:
    try:
        return SignalType(name)
    except ValueError:
        raise SignalError(f"Unknown signal type; the known ones are {', '.join(SignalType)}.") from None
