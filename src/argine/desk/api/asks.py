"""What a platform sends: strictly read, so that a misspelt field is told and not passed over."""

import unicodedata
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from argine.desk.banks.operations import Content
from argine.desk.cases.drafts import LONGEST_ADDRESS, LONGEST_TEXT, AppealDraft, is_web_address
from argine.desk.cases.enums import Appellant, Measure
from argine.desk.core.errors import InvalidError
from argine.signals.animation import Animation, AnimationFrame
from argine.signals.child_answer import MAX_VIEWS_TEXT, views_of
from argine.signals.errors import SignalError
from argine.signals.types import Signal, SignalType
from argine.signals.video import VideoSignal
from argine.signals.video.hashed import HashedVideo
from argine.signals.video_bytes import MAX_TEXT as MAX_VIDEO_TEXT

LONGEST_ID = 300
LONGEST_VALUE = MAX_VIDEO_TEXT  # a film; each type has a limit of its own
LONGEST_VIEWS = MAX_VIEWS_TEXT
LONGEST_BANK = 40
MOST_SIGNALS = 100
MOST_VIEWS = 16
MOST_FRAMES = 64
MOST_FRAME_NUMBER = 1_000_000
MOST_SIGNALS_OF_FRAME = 2
MOST_BANKS = 50


def _plain(text: str) -> str:
    """Refuse control characters and the mark that stands for bytes that are not UTF-8."""
    if any(unicodedata.category(character) == "Cc" or character == "\ufffd" for character in text):
        raise PydanticCustomError("not_plain", "Use plain UTF-8 text without control characters")
    return text


def _writing(text: str) -> str:
    """Let lines and tabs pass; refuse other control characters."""
    _plain(text.translate({9: " ", 10: " ", 13: " "}))
    return text


def _web_address(text: str) -> str:
    if text and not is_web_address(text):
        raise PydanticCustomError("no_address", "Give a web address that begins with https:// or http://")
    return text


Id = Annotated[str, Field(max_length=LONGEST_ID), AfterValidator(_plain)]
Address = Annotated[str, Field(max_length=LONGEST_ADDRESS), AfterValidator(_plain), AfterValidator(_web_address)]
BankId = Annotated[str, Field(min_length=1, max_length=LONGEST_BANK), AfterValidator(_plain)]
BankIds = Annotated[list[BankId], Field(min_length=1, max_length=MOST_BANKS)]


class Asked(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class ContentAsked(Asked):
    """The platform's own name and address of the content, so that its staff can look at it. Either may be left out."""

    id: Id = ""
    url: Address = ""

    def content(self) -> Content:
        return Content(self.id, self.url)


class SignalAsked(Asked):
    """One hash, in hexadecimal; a `patch` set or `video` in base64url. `quality` (0 to 100) of a `pdq` only."""

    type: SignalType
    value: Annotated[str, Field(max_length=LONGEST_VALUE)]
    quality: Annotated[int, Field(ge=0, le=100)] | None = None


class FrameAsked(Asked):
    """A further frame of an animation; `frame` is its number, counting from 1. It has a `pdq`, a `patch`, or both."""

    frame: Annotated[int, Field(ge=1, le=MOST_FRAME_NUMBER)]
    signals: Annotated[list[SignalAsked], Field(min_length=1, max_length=MOST_SIGNALS_OF_FRAME)]
    views: Annotated[list[SignalAsked], Field(max_length=MOST_VIEWS)] = []


class CheckAsked(Asked):
    """An upload check by its signals alone.

    `views`: the `pdq` of the picture mirrored and turned, in the order of `argine.signals.pdq.VIEWS`, then likewise of
    the picture without its plain bars; a match of one comes to review. `frames`: of an animation, what is known of
    frames other than the first, whose signals and views are the ones above. A film has a `video` among its signals;
    `video_views`: of each of its rows the eight views, 32 bytes each, together in base64url without padding.
    """

    signals: Annotated[list[SignalAsked], Field(min_length=1, max_length=MOST_SIGNALS)]
    views: Annotated[list[SignalAsked], Field(max_length=MOST_VIEWS)] = []
    frames: Annotated[list[FrameAsked], Field(max_length=MOST_FRAMES)] = []
    video_views: Annotated[str, Field(max_length=LONGEST_VIEWS)] | None = None
    content: ContentAsked = ContentAsked()
    banks: BankIds | None = None

    def parsed_signals(self) -> list[Signal]:
        """Read the signals.

        Raises:
            InvalidError: one is malformed; `fields` says which.
        """
        return _parsed("signals", self.signals)

    def parsed_views(self) -> list[Signal]:
        """Read the views; errors are those of `parsed_signals`."""
        return _parsed("views", self.views)

    def parsed_animation(self) -> Animation | None:
        """Read the further frames; errors are those of `parsed_signals`."""
        frames = tuple(
            AnimationFrame(
                asked.frame,
                tuple(_parsed(f"frames.{place}.signals", asked.signals)),
                tuple(_parsed(f"frames.{place}.views", asked.views)),
            )
            for place, asked in enumerate(self.frames)
        )
        return Animation(len(frames) + 1, 0, len(frames) + 1, frames) if frames else None

    def parsed_video(self, signals: Sequence[Signal]) -> HashedVideo | None:
        """Read the film among the signals, with its views; errors are those of `parsed_signals`."""
        films = [signal for signal in signals if signal.type is SignalType.VIDEO]
        if len(films) > 1 or (self.video_views is not None and not films):
            raise InvalidError("A signal is malformed: `fields` says which.", fields={"signals": "Send one `video`."})
        try:
            video = VideoSignal.from_bytes(films[0].value) if films else None
        except SignalError as error:
            raise InvalidError("A signal is malformed.", fields={"signals": str(error)}) from None
        try:
            given = self.video_views
            views = None if video is None or given is None else views_of(given, len(video))
        except SignalError as error:
            raise InvalidError("A signal is malformed.", fields={"video_views": str(error)}) from None
        return None if video is None else HashedVideo(video, views, len(video), 0)


def _parsed(name: str, asked: list[SignalAsked]) -> list[Signal]:
    signals, fields = [], {}
    for position, one in enumerate(asked):
        try:
            signals.append(Signal.parse(one.type, one.value, one.quality))
        except SignalError as error:
            fields[f"{name}.{position}"] = str(error)
    if fields:
        raise InvalidError("A signal is malformed: `fields` says which.", fields=fields)
    return signals


class UploadFields(Asked):
    """The parts of a form beside its file. `banks` and `signals` may come several times, or as one list with commas.

    `signals`: which of the file's to make and look up; all if left out. `pdq` alone is the fastest, and finds neither
    crops nor collages.
    """

    content_id: Id = ""
    content_url: Address = ""
    # A form cannot send a list of none: it leaves the part out, and every bank is asked.
    banks: Annotated[list[BankId], Field(max_length=MOST_BANKS)] | None = None
    signals: Annotated[list[Annotated[SignalType, Field(strict=False)]], Field(max_length=MOST_SIGNALS)] | None = None

    def content(self) -> Content:
        return Content(self.content_id, self.content_url)

    def types(self) -> frozenset[SignalType]:
        return frozenset(SignalType if self.signals is None else self.signals)


class ActionAsked(Asked):
    """A measure that the platform has carried out.

    `address` names one address of the decision, `content` one copy; without either, all that was reported is meant.
    """

    decision: UUID
    measure: Measure
    content: ContentAsked = ContentAsked()
    address: UUID | None = None


class ReappearanceAsked(Asked):
    """Content that was removed by this decision is there again: `content` names it, by id, address, or both."""

    decision: UUID
    content: ContentAsked


class AppealAsked(Asked):
    """An uploader's appeal against a removal, in the uploader's own words. `content` names their copy."""

    decision: UUID
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_writing)]
    content: ContentAsked = ContentAsked()

    def draft(self) -> AppealDraft:
        return AppealDraft(Appellant.UPLOADER, self.text, self.content.content())
