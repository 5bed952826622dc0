"""Where one film appears in another: frames looked up in the index, then laid along one another in time."""

from argine.matching.video.align import Segment as Segment
from argine.matching.video.matcher import Means as Means
from argine.matching.video.matcher import VideoMatch as VideoMatch
from argine.matching.video.matcher import VideoMatcher as VideoMatcher
from argine.matching.video.thresholds import DEFAULT_VIDEO_THRESHOLDS as DEFAULT_VIDEO_THRESHOLDS
from argine.matching.video.thresholds import VideoThresholds as VideoThresholds
