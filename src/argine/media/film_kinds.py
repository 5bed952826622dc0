"""Which files are films, told by their first bytes and by nothing else. Needs no decoder."""

from argine.media.formats import recognise

NAMES = "MP4, QuickTime, Matroska, WebM, AVI, MPEG-TS, GIF"

HEAD_BYTES = 400
"""So many of a file's first bytes are enough."""

_MPEGTS_PACKET, _MPEGTS_MARK = 188, 0x47
_MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


def is_film(data: bytes) -> bool:
    """Whether a file is to be read as a film; animated pictures are pictures."""
    return recognise(data) is None and kind_of(data[:HEAD_BYTES]) is not None


def kind_of(head: bytes) -> str | None:
    """The library's name for the kind of file whose first bytes these are, or None. 400 bytes are enough."""
    if head[4:8] in _MOV_BOXES:
        return "mov"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    marks = head[:1] + head[_MPEGTS_PACKET : _MPEGTS_PACKET + 1]
    return "mpegts" if marks == bytes((_MPEGTS_MARK, _MPEGTS_MARK)) else None
