"""The `video` signal: the PDQ of a film's frames with their times. `hasher` needs PyAV; the rest does not."""

from argine.signals.video.signal import FrameKind as FrameKind
from argine.signals.video.signal import TimedPatches as TimedPatches
from argine.signals.video.signal import VideoSignal as VideoSignal
