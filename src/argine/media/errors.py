"""Why bytes cannot be hashed as a picture or as a video.

ArgineError
 +-- MediaError               the bytes are not a picture or video that can be read
      +-- EmptyMedia          there are none
      +-- UnsupportedMedia    no picture, or of a format or a kind of colour that is not read
      +-- DamagedMedia        truncated or corrupt: a part of a picture is never hashed
      +-- TooManyBytes        the file is larger than allowed
      +-- TooManyPixels       the picture, or a frame, is larger than allowed
      +-- TooLong             the video is longer than allowed
      +-- TooManyStreams      the video has more streams than any film needs
      +-- NoPictures          a container of sound or text only
"""
# ruff: noqa: N818 - each name says what is wrong with the media; the family's name ends in Error

from argine.errors import ArgineError


class MediaError(ArgineError):
    """The bytes are not a picture or video that can be read."""

    code = "picture_unreadable"


class EmptyMedia(MediaError):
    code = "picture_empty"


class UnsupportedMedia(MediaError):
    code = "picture_unsupported"


class DamagedMedia(MediaError):
    code = "picture_damaged"


class TooManyBytes(MediaError):
    code = "picture_too_many_bytes"


class TooManyPixels(MediaError):
    code = "picture_too_many_pixels"


class TooLong(MediaError):
    code = "video_too_long"


class TooManyStreams(MediaError):
    code = "video_too_many_streams"


class NoPictures(MediaError):
    code = "video_without_pictures"
