"""Which formats are read, told by their first bytes and by nothing else: no file name, no content type.

HEIC needs the extra `heic` (pillow-heif); without it such a file is told from others and refused with that advice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from PIL import AvifImagePlugin
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from argine.media.errors import UnsupportedMedia

try:
    import pillow_heif
except ImportError:  # it is an extra
    HEIC_INSTALLED = False
else:
    HEIC_INSTALLED = True

# One picture, one thread: a confined process may start none, and many pictures at once fill the processors better.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
if HEIC_INSTALLED:
    pillow_heif.options.DECODE_THREADS = 0
    # Only the picture is looked at, not what a phone puts beside it.
    pillow_heif.options.THUMBNAILS = pillow_heif.options.DEPTH_IMAGES = pillow_heif.options.AUX_IMAGES = False

MOST_FRAMES = 8000
"""Frames of an animation that are counted at most: some formats have to be gone through for it."""


@dataclass(frozen=True, slots=True)
class Format:
    """A picture format.

    Attributes:
        name: in lower case, such as "jpeg".
        fits: whether a file's first 32 bytes are of this format.
        reader: Pillow's class for it, mostly. It is called directly: for a JPEG, `Image.open` would stumble over
            damaged data of the camera's maker that no browser looks at.
    """

    name: str
    fits: Callable[[bytes], bool]
    reader: Callable[[BytesIO], ImageFile]


class _Jpeg(JpegImageFile):
    """Pillow refuses a JPEG whose EXIF states an odd resolution; browsers show it, so it must be hashed."""

    def _read_dpi_from_exif(self) -> None:
        """The resolution in print means nothing here."""


class _Gif(GifImageFile):
    """Counts no more than `MOST_FRAMES` frames."""

    def _seek(self, frame: int, update_image: bool = True) -> None:  # noqa: FBT001, FBT002 - Pillow's signature
        if frame >= MOST_FRAMES:
            raise EOFError
        super()._seek(frame, update_image)


class _Tiff(TiffImageFile):
    """Counts no more than `MOST_FRAMES` pages."""

    def _seek(self, frame: int) -> None:
        super()._seek(frame)
        if frame == MOST_FRAMES - 1 and self._n_frames is None:
            self._n_frames = MOST_FRAMES


def _read_heic(file: BytesIO) -> ImageFile:
    if not HEIC_INSTALLED:
        raise UnsupportedMedia(
            "This is a HEIC picture, and the part that reads them is not installed here: pip install 'argine[heic]'."
        )
    image: ImageFile = pillow_heif.HeifImageFile(file)  # type: ignore[no-untyped-call]
    return image


def recognise(data: bytes) -> Format | None:
    """The format whose first bytes these are, or None."""
    head = data[:32]
    return next((known for known in FORMATS if known.fits(head)), None)


def _starts(*prefixes: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(prefixes)


def _is_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _is_avif(head: bytes) -> bool:
    return bool(_brands(head) & {b"avif", b"avis"})


def _is_heic(head: bytes) -> bool:
    """HEIF with HEVC inside (ISO 23008-12, annex B), or HEIF that does not say what is inside."""
    return bool(
        _brands(head) & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
    )


def _brands(head: bytes) -> set[bytes]:
    """Read the brands, four bytes each from the ninth byte on, of a file type box (ISO 14496-12, 4.3)."""
    return {head[i : i + 4] for i in range(8, 32, 4)} if head[4:8] == b"ftyp" else set()


FORMATS = (
    Format("jpeg", _starts(b"\xff\xd8\xff"), _Jpeg),
    Format("png", _starts(b"\x89PNG\r\n\x1a\n"), PngImageFile),
    Format("gif", _starts(b"GIF87a", b"GIF89a"), _Gif),
    Format("webp", _is_webp, WebPImageFile),
    Format("avif", _is_avif, AvifImageFile),
    Format("heic", _is_heic, _read_heic),
    Format("bmp", _starts(b"BM"), BmpImageFile),
    Format("tiff", _starts(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), _Tiff),
)
