"""What the API answers. These are also the shapes in its OpenAPI document."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema

from argine.desk.banks.operations import Checked
from argine.desk.cases.enums import AppealState, CaseState, Ground, Measure, Outcome
from argine.desk.cases.models import Appeal
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.matching import BankKind, Found, Match, Verdict
from argine.signals.animation import Animation
from argine.signals.hasher import HashedFile
from argine.signals.patch.strength import Strength
from argine.signals.types import Signal, SignalType
from argine.signals.video.hashed import HashedVideo


class ProblemAnswer(Schema):
    """`error` is a stable word for programs, `message` a sentence for people, `fields` says what to change where."""

    error: str
    message: str
    fields: dict[str, str] | None = None


class RegionAnswer(Schema):
    """A part of a picture, in fractions of its width and height."""

    left: float
    top: float
    right: float
    bottom: float


class PartAnswer(Schema):
    """A part of what was sent that shows a part of what is banked. Times are in seconds.

    `speed`: seconds of the banked film that go by in one of what was sent. `frames`: moments that agree; `distance`
    the median of theirs, in bits.
    """

    query_from: float
    query_until: float
    entry_from: float
    entry_until: float
    speed: float
    frames: int
    distance: float


class TimesAnswer(Schema):
    """Which part of which film appears where, in the order of the time of what was sent.

    `query_seconds` and `entry_seconds` are the lengths of what was sent and of what is banked, 0 of a picture;
    `query_share` and `entry_share` what part of each agrees, 0 to 1; `frames` how many moments do.
    """

    query_seconds: float
    entry_seconds: float
    query_share: float
    entry_share: float
    frames: int
    segments: list[PartAnswer]


class FoundAnswer(Schema):
    """How the banked picture or film lies in what was sent.

    It is mirrored, then turned clockwise by `rotation_degrees`; `scale` is its size there over its size in the bank,
    `region` the part of it that is shown, `outline` where its corners lie, in fractions of width and height, `aspect`
    the width over the height of what was sent. `scale`, `outline` and `aspect` are known only where `patches` agree.
    `trimmed`: it was found once plain bars were cut off. `frame`: in which frame of an animation, counting from 1;
    null in a still picture. `times`: where one of the two is a film, which part of it; null of two pictures.
    """

    mirrored: bool
    rotation_degrees: float
    scale: float | None
    patches: int
    trimmed: bool
    region: RegionAnswer
    outline: list[tuple[float, float]]
    aspect: float | None
    frame: int | None
    times: TimesAnswer | None

    @classmethod
    def of(cls, found: Found) -> "FoundAnswer":
        return cls.model_validate(asdict(found))


class MatchAnswer(Schema):
    """A fact: this bank entry is so near. `distance` and `threshold` are bits of 256; 0 for exact types.

    `strength` is `block` for a copy beyond doubt, `review` for what a person must look at. `region_bound`: only a part
    of the banked picture is unlawful, such as a face put on a lawful picture; `region` is that part of the banked
    picture, and it agreed too. A copy of the lawful source does not match such an entry.
    """

    bank: str
    bank_kind: BankKind
    entry: UUID
    signal_type: SignalType
    distance: int
    threshold: int
    strength: Literal["block", "review"]
    found: FoundAnswer
    region_bound: bool
    region: RegionAnswer | None

    @classmethod
    def of(cls, match: Match) -> "MatchAnswer":
        return cls(
            bank=match.bank,
            bank_kind=match.bank_kind,
            entry=UUID(match.entry),
            signal_type=match.signal_type,
            distance=match.distance,
            threshold=match.threshold,
            strength="block" if match.strength is Strength.BLOCK else "review",
            found=FoundAnswer.of(match.found),
            region_bound=match.bound_to is not None,
            region=None if match.bound_to is None else RegionAnswer.model_validate(asdict(match.bound_to)),
        )


class SignalAnswer(Schema):
    type: SignalType
    value: str
    quality: int | None


class AnimationAnswer(Schema):
    """How much of an animation was compared: `hashed` of its `frames`, which stand for those that look the same.

    `left_out` frames are not stood for: the animation has too many that differ, is too large, or is damaged.
    """

    frames: int
    hashed: int
    left_out: int

    @classmethod
    def of(cls, animation: Animation) -> "AnimationAnswer":
        return cls(frames=animation.total, hashed=animation.hashed, left_out=animation.left_out)


class FilmAnswer(Schema):
    """How much of a film was compared: its length, size, how many of its frames, and how many of these were too flat.

    `whole` is false where the rest was not looked at since the verdict could not change any more.
    """

    seconds: float
    width: int
    height: int
    frames: int
    flat: int
    whole: bool

    @classmethod
    def of(cls, video: HashedVideo) -> "FilmAnswer":
        signal = video.signal
        return cls(
            seconds=signal.milliseconds / 1000, width=signal.width, height=signal.height, frames=video.frames,
            flat=video.flat, whole=video.whole,
        )  # fmt: skip


class CheckAnswer(Schema):
    """`signals` are those of the file that was sent: kept by the platform, they can be checked again later.

    `animation` is null for a still picture. An animation has a `pdq` for each frame that was hashed. `film` is null of
    what is no film; of a film `signals` has its `video`, without patch sets.
    """

    id: UUID
    verdict: Verdict
    matches: list[MatchAnswer]
    signals: list[SignalAnswer]
    unhashable: str | None
    animation: AnimationAnswer | None
    film: FilmAnswer | None

    @classmethod
    def of(cls, checked: Checked, signals: Iterable[Signal], hashed: HashedFile) -> "CheckAnswer":
        return cls(
            id=checked.id,
            verdict=checked.verdict,
            matches=[MatchAnswer.of(match) for match in checked.matches],
            signals=[SignalAnswer(type=signal.type, value=signal.text, quality=signal.quality) for signal in signals],
            unhashable=hashed.unhashable,
            animation=AnimationAnswer.of(hashed.animation) if hashed.animation else None,
            film=FilmAnswer.of(hashed.video) if hashed.video else None,
        )


class ClockAnswer(Schema):
    """One duty: what a regime asks for, by when. `ended_at` says when it was answered."""

    regime: str
    kind: str
    due_at: datetime
    state: ClockState
    ended_at: datetime | None

    @classmethod
    def of(cls, clock: Clock) -> "ClockAnswer":
        return cls(
            regime=clock.regime,
            kind=clock.kind,
            due_at=clock.due_at,
            state=ClockState(clock.state),
            ended_at=clock.ended_at,
        )


class AddressAnswer(Schema):
    """A reported address; `acted` when a measure on it was reported for this decision."""

    id: UUID
    url: str
    acted: bool


class CopyAnswer(Schema):
    """A copy that a check has met, as the platform named it then."""

    content_id: str
    content_url: str
    seen_at: datetime
    acted: bool


class DecisionAnswer(Schema):
    """A decision to carry out. `superseded`: a later one counts. `withdrawn`: nothing is to be done any more here."""

    id: UUID
    cursor: int
    case: UUID
    case_number: int
    outcome: Outcome
    ground: Ground
    at: datetime
    overrides: UUID | None
    follows: UUID | None
    superseded: bool
    withdrawn: bool
    addresses: list[AddressAnswer]
    copies: list[CopyAnswer]
    clocks: list[ClockAnswer]


class ReappearanceAnswer(Schema):
    """What the platform told of, and the clocks that run for it."""

    id: UUID
    decision: UUID
    address: UUID | None
    at: datetime
    clocks: list[ClockAnswer]
    case_state: CaseState


class DecisionsAnswer(Schema):
    """A page of decisions. Ask again with `after` = `next`; an empty page says that there is none newer."""

    decisions: list[DecisionAnswer]
    next: int


class RestoredCopyAnswer(Schema):
    """An upload that was stopped by an entry alone that has been undone; empty names are those that were not given."""

    check_id: UUID
    content_id: str
    content_url: str
    stopped_at: datetime


class RestorationAnswer(Schema):
    """An entry that was wrong: put back what it had stopped."""

    id: UUID
    cursor: int
    entry: UUID
    at: datetime
    copies: list[RestoredCopyAnswer]


class RestorationsAnswer(Schema):
    """A page of restorations. Ask again with `after` = `next`; an empty page says that there is none newer."""

    restorations: list[RestorationAnswer]
    next: int


class StatementAnswer(Schema):
    """A statement of reasons for the uploader (DSA Article 17), with the codes of the DSA Transparency Database."""

    decision: UUID
    decided_at: str
    restriction: str
    facts: str
    source: str
    automated_detection: bool
    automated_decision: str
    ground: str
    legal_ground: str | None
    contract_ground: str | None
    explanation: str
    category: str
    keyword: str | None
    redress: list[str]


class ActionAnswer(Schema):
    """A measure as it was taken down, and what it means for the case's clocks."""

    id: UUID
    measure: Measure
    at: datetime
    clocks: list[ClockAnswer]
    case_state: CaseState


class AppealAnswer(Schema):
    """An appeal. `reasons` say why once it is decided; `result` is the decision that replaced the one appealed."""

    id: UUID
    decision: UUID
    state: AppealState
    at: datetime
    due_at: datetime | None
    decided_at: datetime | None
    reasons: str
    result: UUID | None

    @classmethod
    def of(cls, appeal: Appeal, clock: Clock | None) -> "AppealAnswer":
        return cls(
            id=appeal.id,
            decision=appeal.decision_id,
            state=AppealState(appeal.state),
            at=appeal.at,
            due_at=clock.due_at if clock else None,
            decided_at=appeal.decided_at,
            reasons=appeal.reasons,
            result=appeal.result_id,
        )


class WebhookKeyAnswer(Schema):
    """The key of webhooks."""

    keyid: str = Field(description="The `keyid` that the signatures name.")
    algorithm: Literal["ed25519"]
    public_key: str = Field(description="The 32 bytes of the public key, in base64.")
