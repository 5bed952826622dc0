"""What is fuzzed: readers of bytes that strangers send, each with the errors it may raise and inputs to begin with.

`tools.fuzz` throws coverage-guided inputs at them; `tests/unit/test_corpora.py` replays what was found worth keeping.
"""

import base64
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

os.environ.setdefault("ARGINE_DATA", tempfile.mkdtemp(prefix="argine-fuzz-"))

import numpy as np  # the data folder is named before anything reads settings
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from argine.desk.boot import boot
from argine.index import HammingIndex
from argine.index import snapshot as snapshots
from argine.index.errors import IndexFileError
from argine.media.decode import pictures
from argine.media.errors import MediaError
from argine.media.jpeg.query import coefficients
from argine.media.limits import Limits
from argine.merkle import canonical, checkpoint, cosignature, growth, note, receipt
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey
from argine.signals.errors import SignalError
from argine.signals.types import Signal

boot()

from django.core.exceptions import SuspiciousOperation  # noqa: E402  # Django is up only now
from django.http import UnreadablePostError  # noqa: E402
from django.http.multipartparser import MultiPartParserError  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from pydantic import ValidationError  # noqa: E402

from argine.desk.core.errors import DeskError  # noqa: E402
from argine.desk.exchange import bundle, stopncii, threatexchange  # noqa: E402
from argine.desk.exchange.models import Partner  # noqa: E402
from argine.desk.hma import bodies  # noqa: E402

SMALL = Limits(max_bytes=1 << 20, max_pixels=1_000_000, max_frames=4, max_animation_pixels=2_000_000)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
NAME = "desk.example/log"


@dataclass(frozen=True, slots=True)
class Target:
    """`run` takes any bytes and may raise `refusals`, and nothing else; `seeds` are inputs that it takes."""

    run: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...]
    seeds: Callable[[], Iterator[bytes]]
    longest: int = 4096

    def check(self, data: bytes) -> None:
        with suppress(*self.refusals):
            self.run(data)


def _decode(data: bytes) -> None:
    for _picture in pictures(data, SMALL):
        pass


def _pictures() -> Iterator[bytes]:
    grey = np.add.outer(np.arange(24, dtype=np.uint8) * 9, np.arange(32, dtype=np.uint8) * 5)
    photo = Image.fromarray(grey).convert("RGB")
    more = [photo.rotate(90).resize(photo.size)]
    for kind, options in (
        ("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("GIF", {"save_all": True, "append_images": more}),
        ("WEBP", {"save_all": True, "append_images": more}), ("BMP", {}), ("TIFF", {"compression": "tiff_lzw"}),
        ("AVIF", {}), ("PNG", {"save_all": True, "append_images": more}),
    ):  # fmt: skip
        buffer = BytesIO()
        photo.save(buffer, kind, **options)  # type: ignore[arg-type]  # each format has options of its own
        yield buffer.getvalue()


def _jpeg(data: bytes) -> None:
    coefficients(data, SMALL, 8)


def _jpegs() -> Iterator[bytes]:
    waves = np.add.outer(np.sin(np.arange(72) / 5) * 60, np.cos(np.arange(96) / 7) * 60) + 128
    photo = Image.fromarray(waves.astype(np.uint8)).convert("RGB")
    for picture, options in (
        (photo, {"quality": 30}), (photo, {"quality": 40, "subsampling": 0}), (photo.convert("L"), {"quality": 30}),
        (photo, {"quality": 30, "restart_marker_blocks": 2}), (photo, {"quality": 25, "optimize": True}),
    ):  # fmt: skip
        buffer = BytesIO()
        picture.save(buffer, "JPEG", **options)
        yield buffer.getvalue()


@cache
def _place() -> Path:
    memory = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it; a disk would be most of the time
    return Path(tempfile.mkdtemp(prefix="argine-fuzz-index-", dir=memory if memory.is_dir() else None))


def _snapshot(data: bytes) -> None:
    path = _place() / "bank.index"
    path.write_bytes(data)
    found = snapshots.read(path).source
    if isinstance(found, snapshots.Mapped):
        found.verify()


def _snapshots() -> Iterator[bytes]:
    for count in (0, 1, 5):
        index, path = HammingIndex(), _place() / f"seed-{count}.index"
        index.add(np.arange(count, dtype=np.uint64), np.arange(count * 32, dtype=np.uint8).reshape(count, 32))
        index.save(path)
        yield path.read_bytes()


def _feed(data: bytes) -> None:
    """As a partner's signed page, with what is inside free; then in StopNCII's shape, which is not signed."""
    payload = data.decode("utf-8", "surrogateescape").encode("utf-8", "replace")
    signature = base64.b64encode(KEY.sign(bundle.CONTEXT + payload)).decode()
    envelope = json.dumps({"payload": payload.decode(), "signature": signature}).encode()
    for read in (lambda: bundle.read(envelope, PUBLIC, "n", 0), lambda: bundle.read(data, PUBLIC, "n", 0)):
        with suppress(bundle.BundleError):
            read()
    with suppress(bundle.BundleError):
        threatexchange.read(Partner(), data, 0)
    stopncii.read(Partner(), data, 0)


def _feeds() -> Iterator[bytes]:
    signal = {"type": "pdq", "value": "0f" * 32, "quality": 90}
    items = [{"seq": 1, "id": "a", "opinion": "positive", "signals": [signal]}, {"seq": 2, "id": "b"}]
    yield canonical.canonical_json(
        {"format": bundle.FORMAT, "nonce": "n", "after": 0, "next": 2, "newest": 2, "items": items}
    )
    record = {
        "signalType": "ImagePDQ", "signalValue": "0f" * 32, "caseNumbers": {"1": "x"}, "lastModtimestamp": 7,
        "signalMetadata": {}, "tags": [],
    }  # fmt: skip
    yield json.dumps({"hashRecords": [record], "hasMoreRecords": False, "nextSetTimestamp": 9, "count": 1}).encode()
    descriptor = {"id": "1", "owner": {"id": "7"}, "status": "MALICIOUS", "tags": ["a"], "reactions": []}
    update = {
        "id": "1", "type": "HASH_PDQ", "indicator": "0f" * 32, "last_updated": 7, "should_delete": False,
        "descriptors": {"data": [descriptor]},
    }  # fmt: skip
    yield json.dumps({"data": [update], "paging": {"cursors": {"after": "t"}, "next": "https://x/?after=t"}}).encode()
    # A number without end: Python's reader of JSON takes it.
    yield b'{"hashRecords": [], "hasMoreRecords": false, "nextSetTimestamp": 1e999}'
    yield json.dumps({"hashRecords": [], "hasMoreRecords": True, "nextPageToken": "t", "nextSetTimestamp": 0}).encode()


def _log(data: bytes) -> None:
    """An entry, then a whole receipt with its proof, as the verifier reads them."""
    found = canonical.parse_canonical_json(data)
    if canonical.canonical_json(found) != data:
        raise AssertionError("one text, two readings")
    if isinstance(found, dict):
        receipt.verify_receipt(found, [_log_key()])


def _logs() -> Iterator[bytes]:
    yield canonical.canonical_json(
        {"index": 0, "at": "2026-01-01T00:00:00.000000Z", "event": "x", "subject": "case:1", "by": "system", "data": {}}
    )
    yield canonical.canonical_json(receipt.make_receipt(b'{"index":0}', 0, _signed(), []))
    yield canonical.canonical_json([1, -1, "\u00e9\U0001f600", None, True, {"b": [], "a": {}}])


@cache
def _log_key() -> VerifierKey:
    return VerifierKey(NAME, PUBLIC)


@cache
def _signed() -> str:
    head = checkpoint.Checkpoint(NAME, 1, bytes(32))
    return note.sign(head.text(), NAME, PUBLIC, KEY.sign)


def _checkpoint(data: bytes) -> None:
    """Each reader of the forms of C2SP: signed notes, checkpoints, keys, requests to a witness, cosignatures."""
    text = data.decode("utf-8", "surrogateescape")
    readers: tuple[Callable[[str], object], ...] = (
        lambda one: checkpoint.open_signed(one, [_log_key()]),
        lambda one: cosignature.verify_cosignatures(one, [cosignature.WitnessKey(NAME, PUBLIC)]),
        checkpoint.parse, growth.parse_growth, note.parse, VerifierKey.parse, cosignature.WitnessKey.parse,
    )  # fmt: skip
    for read in readers:
        with suppress(MerkleError):
            read(text)


def _checkpoints() -> Iterator[bytes]:
    yield _signed().encode()
    yield _signed().partition("\n\n")[0].encode() + b"\n"
    yield _log_key().text().encode()
    proof = base64.b64encode(bytes(32)).decode()
    yield f"old 1\n{proof}\n{proof}\n\n{_signed()}".encode()


def _hma(data: bytes) -> None:
    """The first byte says how it is sent: as one of the JSON bodies, as a form with a file, or as a signal."""
    how, rest = data[:1], data[1:]
    factory = RequestFactory()
    if how == b"F":
        bodies.read_file(factory.post("/", rest, content_type="multipart/form-data; boundary=b"))
    elif how == b"S":
        kind, _, value = rest.decode("utf-8", "replace").partition(" ")
        Signal.parse(kind, value, None)
    else:
        request = factory.post("/", rest, content_type="application/json")
        model = {b"C": bodies.BankChanged, b"M": bodies.Metadata, b"N": bodies.ContentChanged}.get(how, bodies.BankMade)
        bodies.read(request, model)


def _hmas() -> Iterator[bytes]:
    yield b'B{"name": "A", "enabled": true, "enabled_ratio": 0.5}'
    yield b'M{"content_id": "a", "content_uri": "https://a.example/", "json": {"a": 1}}'
    yield b'N{"disable_until_ts": 1, "note": "x"}'
    yield b'F--b\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\nxyz\r\n--b--\r\n'
    yield b'F--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nxyz\r\n--b--\r\n'
    yield b"Spdq " + b"0f" * 32
    yield b"Smd5 " + b"0f" * 16
    yield b"Svideo_md5 " + b"0f" * 16


OF_REQUESTS = (DeskError, ValidationError, SignalError, SuspiciousOperation, MultiPartParserError, UnreadablePostError)
TARGETS = {
    "decode": Target(_decode, (MediaError,), _pictures),
    "jpeg": Target(_jpeg, (), _jpegs),
    "snapshot": Target(_snapshot, (IndexFileError,), _snapshots, longest=40_000),
    "feed": Target(_feed, (bundle.BundleError,), _feeds),
    "log": Target(_log, (MerkleError,), _logs),
    "checkpoint": Target(_checkpoint, (), _checkpoints),
    "hma": Target(_hma, OF_REQUESTS, _hmas),
}
