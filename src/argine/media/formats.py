"""Which formats are read, told by their first bytes and by nothing else: no file name, no content type."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import AvifImagePlugin
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

# One picture, one thread: a confined process may start none, and many pictures at once fill the processors better.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


@dataclass(frozen=True, slots=True)
class Format:
    """A picture format.

    Attributes:
        name: in lower case, such as "jpeg".
        fits: whether a file's first 32 bytes are of this format.
        reader: Pillow's class for it. It is called directly: for a JPEG, `Image.open` would stumble over
            damaged data of the camera's maker that no browser looks at.
    """

    name: str
    fits: Callable[[bytes], bool]
    reader: type[ImageFile]


class _Jpeg(JpegImageFile):
    """Pillow refuses a JPEG whose EXIF states an odd resolution; browsers show it, so it must be hashed."""

    def _read_dpi_from_exif(self) -> None:
        """The resolution in print means nothing here."""


def recognise(data: bytes) -> Format | None:
    """The format whose first bytes these are, or None."""
    head = data[:32]
    return next((known for known in FORMATS if known.fits(head)), None)


def _starts(*prefixes: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(prefixes)


def _is_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _is_avif(head: bytes) -> bool:
    """ISO 14496-12 file type box whose brands, four bytes each from the ninth byte on, name AVIF."""
    return head[4:8] == b"ftyp" and any(head[i : i + 4] in (b"avif", b"avis") for i in range(8, 32, 4))


FORMATS = (
    Format("jpeg", _starts(b"\xff\xd8\xff"), _Jpeg),
    Format("png", _starts(b"\x89PNG\r\n\x1a\n"), PngImageFile),
    Format("gif", _starts(b"GIF87a", b"GIF89a"), GifImageFile),
    Format("webp", _is_webp, WebPImageFile),
    Format("avif", _is_avif, AvifImageFile),
    Format("bmp", _starts(b"BM"), BmpImageFile),
    Format("tiff", _starts(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), TiffImageFile),
)
