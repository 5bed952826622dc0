"""Untrusted bytes of a video to single frames, as a browser shows them. Needs PyAV (the extra `video`)."""

from argine.media.film_limits import DEFAULT_VIDEO_LIMITS as DEFAULT_VIDEO_LIMITS
from argine.media.film_limits import VideoLimits as VideoLimits
from argine.media.video.frames import ShownFrame as ShownFrame
from argine.media.video.frames import frames as frames
from argine.media.video.rule import BANK_RULE as BANK_RULE
from argine.media.video.rule import CHECK_RULE as CHECK_RULE
from argine.media.video.rule import FrameRule as FrameRule
