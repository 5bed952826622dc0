"""What is matched against, and what a match is."""

from dataclasses import dataclass, field
from enum import StrEnum

from argine.index import CODE_BITS
from argine.matching.video.align import Segment
from argine.matching.video.thresholds import DEFAULT_VIDEO_THRESHOLDS, VideoThresholds
from argine.signals.patch.geometry import Rectangle
from argine.signals.patch.strength import Strength
from argine.signals.types import Signal, SignalType

DEFAULT_PDQ_THRESHOLD = 31  # bits of 256, where the makers of PDQ say to start

WHOLE = Rectangle(0.0, 0.0, 1.0, 1.0)


class BankKind(StrEnum):
    """What a match with an entry of the bank asks for."""

    BLOCK = "block"
    REVIEW = "review"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class Bank:
    """A named set of known content.

    Attributes:
        pdq_threshold: the largest distance between two `pdq` signals that counts as a match; bits, 0..256.
        film: how much must agree before an entry is said to appear in a film; its `frame_bits` are `pdq_threshold`.

    Raises:
        ValueError: the threshold is out of range.
    """

    id: str
    name: str
    kind: BankKind
    pdq_threshold: int = DEFAULT_PDQ_THRESHOLD
    film: VideoThresholds = DEFAULT_VIDEO_THRESHOLDS

    def __post_init__(self) -> None:
        if not 0 <= self.pdq_threshold <= CODE_BITS:
            raise ValueError(f"a pdq threshold is a number of bits from 0 to {CODE_BITS}, not {self.pdq_threshold}")


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One member of a bank, a picture or a film, with its signals.

    Attributes:
        id: a UUID as text, unique over all banks.
        bank: the id of its bank.
        region: the part that was altered, where only that part is unlawful, as of a face put on a lawful film. Then a
            copy of the whole proves nothing: its source is as near. A match needs patches that agree in this part, or
            identical bytes.
    """

    id: str
    bank: str
    signals: tuple[Signal, ...]
    region: Rectangle | None = None


@dataclass(frozen=True, slots=True)
class InTime:
    """Which part of which film appears where, where one of the two is a film. Times are in seconds.

    Attributes:
        query_seconds: length of what was asked about; 0 of a picture.
        entry_seconds: length of what is banked; 0 of a picture.
        query_share: part of the moments of what was asked about that agree, 0 to 1.
        entry_share: part of the bank entry's moments that appear, 0 to 1.
        frames: how many moments agree.
        segments: in the order of the time of what was asked about; a picture's place on the other side is 0 to 0.
    """

    query_seconds: float
    entry_seconds: float
    query_share: float
    entry_share: float
    frames: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """How the entry's picture lies in the picture that was asked about.

    Attributes:
        mirrored: it is a mirror image.
        rotation_degrees: it is turned clockwise by so much, after mirroring; -180 to 180.
        scale: its size there over its size in the bank, each in its own pixels; None where no patches tell.
        patches: how many patches agree; 0 where `pdq` found it.
        trimmed: it was found once plain bars were cut off.
        region: the part of the entry's picture that is shown.
        outline: where the corners of the entry's picture lie in the other, in fractions of its width and height: top
            left, top right, bottom right, bottom left; empty where no patches tell.
        aspect: width over height of the picture that was asked about; None where no patches tell.
        frame: which frame of an animation it was found in, counting from 1; None in a still picture.
        times: where one of the two is a film, which part of it.
    """

    mirrored: bool = False
    rotation_degrees: float = 0.0
    scale: float | None = None
    patches: int = 0
    trimmed: bool = False
    region: Rectangle = WHOLE
    outline: tuple[tuple[float, float], ...] = ()
    aspect: float | None = None
    frame: int | None = None
    times: InTime | None = None


AS_IT_IS = Found()


@dataclass(frozen=True, slots=True)
class Match:
    """A fact: this bank entry is so near to what was asked about. It judges nothing and nobody.

    Attributes:
        bank: the id of the bank.
        entry: the id of the bank entry.
        distance: differing bits of 256: of the two `pdq`, or the median of the agreeing patches; 0 for exact types.
        threshold: the largest distance that counted.
        strength: what it proves: `block` for a copy beyond doubt, `review` for what a person must look at.
        found: how the entry's picture lies in the other.
        bound_to: the part of the entry's picture that had to agree, where the entry is bound to one.
    """

    bank: str
    bank_kind: BankKind
    entry: str
    signal_type: SignalType
    distance: int
    threshold: int
    strength: Strength = Strength.BLOCK
    found: Found = field(default=AS_IT_IS)
    bound_to: Rectangle | None = None
