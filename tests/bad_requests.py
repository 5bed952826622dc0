"""Bad requests to the platform API, each with the answers that are right for it. Read by two suites."""

import io
import json
import struct
import zlib
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

CHECK, ACTIONS = "/api/v1/check", "/api/v1/actions"
EDGE = "argine-edge"
FORM = f"multipart/form-data; boundary={EDGE}"
JSON = "application/json"
ENCODED = "Content-Transfer-Encoding: base64"
METHODS = ("GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
NO_ID = "00000000-0000-4000-8000-000000000000"
MD5 = b'{"type": "md5", "value": "%s"}' % (b"0" * 32)
PDQ = {"type": "pdq", "value": "0" * 64}
KEY, REVOKED = "KEY", "REVOKED"


@dataclass(frozen=True)
class Bad:
    """One bad request. `length` is what it says of its length, None the truth; `key` is which key it shows."""

    name: str
    statuses: frozenset[int]
    body: bytes = b""
    type: str = JSON
    path: str = CHECK
    method: str = "POST"
    key: str = KEY
    length: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


def part(content: bytes, name: str = "file", filename: str | None = "a.jpg", more: str = "") -> bytes:
    named = "" if filename is None else f'; filename="{filename}"'
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n{more}\r\n'
    return head.encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{EDGE}--\r\n".encode()


def picture(kind: str) -> bytes:
    noise = np.random.default_rng(7).integers(0, 255, (48, 48, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, kind)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + pixels + chunk(b"IEND", b"")


def gif(width: int, height: int) -> bytes:
    screen = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0\0\0\0\xff\xff\xff"
    return screen + b"," + struct.pack("<HHHH", 0, 0, width, height) + b"\0\x02\x02L\x01\0;"


def webp_of_a_giant() -> bytes:
    """Claims 16384 by 16384 in an extended header."""
    size = (16383).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def file(name: str, content: bytes, *statuses: int) -> Bad:
    return Bad(name, frozenset(statuses or {422}), form(part(content)), FORM)


def says(name: str, value: object, status: int = 422, **more: str) -> Bad:
    return Bad(name, frozenset({status}), json.dumps(value).encode(), **more)  # type: ignore[arg-type]


def raw(name: str, body: bytes, status: int = 400, **more: object) -> Bad:
    return Bad(name, frozenset({status}), body, **more)  # type: ignore[arg-type]


FILES = [
    file("an empty file", b""),
    *(file(f"half a {kind}", picture(kind)[: len(picture(kind)) // 2]) for kind in ("JPEG", "PNG", "WEBP", "GIF")),
    *(file(f"ten bytes of a {kind}", picture(kind)[:10], 415, 422) for kind in ("JPEG", "PNG", "WEBP", "GIF")),
    file("text called a picture", b"Dear all, this is no picture." * 20, 415),
    file("a web page", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", 415),
    file("a zip", b"PK\x03\x04" + bytes(200), 415),
    file("a PNG that claims 30000 by 30000", png(30_000, 30_000)),
    file("a PNG that claims 2 thousand million pixels a side", png(2**31 - 1, 2**31 - 1)),
    file("a PNG without a size", png(0, 0), 415, 422),
    file("a PNG with too few pixels in it", png(500, 500)),
    file("a PNG whose text unpacks to 100 MB", png(8, 8, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8))))),
    file("a GIF of a giant", gif(65_535, 65_535)),
    file("a WebP of a giant", webp_of_a_giant(), 415, 422),
    file("null bytes", bytes(5000), 415),
]
FORMS = [
    Bad("two files", frozenset({422}), form(part(b"x"), part(b"y")), FORM),
    Bad("two files of two names", frozenset({422}), form(part(b"x"), part(b"y", "other")), FORM),
    Bad("a file of another name", frozenset({422}), form(part(b"x", "picture")), FORM),
    Bad("a file without a file name", frozenset({422}), form(part(picture("PNG"), filename=None)), FORM),
    Bad("a form without parts", frozenset({422, 400}), form(), FORM),
    raw("a form of another boundary", form(part(b"x")).replace(EDGE.encode(), b"other"), 400, type=FORM),
    raw("no boundary", form(part(b"x")), type="multipart/form-data"),
    raw("a boundary that is none", form(part(b"x")), type="multipart/form-data; boundary=\xe9\xff"),
    raw("a boundary of 5000 letters", form(part(b"x")), type="multipart/form-data; boundary=" + "b" * 5000),
    Bad("a form that breaks off", frozenset({400, 422}), part(picture("PNG"))[:-30], FORM),
    Bad("base64 that is none", frozenset({400, 415, 422}), form(part(b"###", more=f"{ENCODED}\r\n")), FORM),
    Bad("a name that stands twice", frozenset({422}), b'{"signals": [%s], "banks": null, "banks": null}' % MD5),
    Bad("a name that stands twice in a signal", frozenset({422}), b'{"signals": [%s, "type": "md5"}]}' % MD5[:-1]),
    Bad("a name 50000 times", frozenset({422}), b'{"signals": [%s]%s}' % (MD5, b', "banks": null' * 50_000)),
    Bad("a field sent twice", frozenset({422}), form(part(b"x"), *[part(b"a", "content_id", None)] * 2), FORM),
    Bad("a field that is unknown", frozenset({422}), form(part(b"x"), part(b"a", "contentid", None)), FORM),
    Bad("a field of null bytes", frozenset({422}), form(part(b"x"), part(b"\0\0", "content_id", None)), FORM),
    Bad("a field that is no UTF-8", frozenset({422}), form(part(b"x"), part(b"\xff\xfe", "content_id", None)), FORM),
    Bad("300 fields", frozenset({400}), form(part(b"x"), *(part(b"a", f"f{n}", None) for n in range(300))), FORM),
    Bad("an address that is none", frozenset({422}), form(part(b"x"), part(b"data:1", "content_url", None)), FORM),
]  # fmt: skip
BODIES = [
    Bad("nothing", frozenset({400, 415})),
    raw("half a JSON", b'{"signals": ['),
    raw("JSON in UTF-16", '{"signals": []}'.encode("utf-16")),
    raw("JSON with a raw null", b'{"signals"\0: []}'),
    raw("20000 brackets", b"[" * 20_000),
    raw("JSON of 11 MB", b'{"signals": [' + b" " * 11_000_000 + b"]}", 413),
    says("a list", [], 422),
    says("a number", 7, 422),
    says("no signals", {"signals": []}),
    says("101 signals", {"signals": [PDQ] * 101}),
    raw("a quality that is no number", b'{"signals": [{"type": "pdq", "value": "00", "quality": NaN}]}', 422),
    raw("a quality without end", b'{"signals": [{"type": "pdq", "value": "00", "quality": 1e999}]}', 422),
    says("a quality below zero", {"signals": [{**PDQ, "quality": -1}]}),
    says("a quality of 10 to the 30", {"signals": [{**PDQ, "quality": 10**30}]}),
    says("a quality in quotes", {"signals": [{**PDQ, "quality": "90"}]}),
    says("a hash that is too short", {"signals": [{"type": "pdq", "value": "0" * 63}]}),
    says("a hash in look-alike digits", {"signals": [{"type": "pdq", "value": "\u0660" * 64}]}),
    says("a hash of a megabyte", {"signals": [{"type": "pdq", "value": "0" * 900_000}]}),
    says("a type that is unknown", {"signals": [{"type": "photo", "value": "0"}]}),
    says("a field too many", {"signals": [PDQ], "extra": 1}),
    says("a bank that is not there", {"signals": [PDQ], "banks": ["remvoed"]}),
    says("a bank by a path", {"signals": [PDQ], "banks": ["../../etc/passwd"]}),
    says("no bank", {"signals": [PDQ], "banks": []}),
    says("a name with a line feed", {"signals": [PDQ], "content": {"id": "a\nINFO forged"}}),
    says("a name of 301 letters", {"signals": [PDQ], "content": {"id": "x" * 301}}),
    says("an address of a file", {"signals": [PDQ], "content": {"url": "file:///etc/passwd"}}),
    raw("half a character", b'{"signals": [], "content": {"id": "\\ud800"}}'),
    raw("the same bytes as a picture", picture("PNG"), 415, type="image/png"),
    raw("no type", b"{}", 415, type=""),
    raw("a form of the old kind", b"signals=1", 415, type="application/x-www-form-urlencoded"),
    raw("another charset", b"{}", 415, type="application/json; charset=utf-16"),
    raw("a charset that is no text", b"{}", 415, type="application/json; charset=hex"),
]
EDGES = [
    raw("no key", b"{}", 401, key=""),
    raw("a wrong key", b"{}", 401, key="argine_wrong"),
    raw("a revoked key", b"{}", 401, key=REVOKED),
    raw("an endless key", b"{}", 401, key="k" * 6000),
    *(raw(f"the method {method}", b"", 405, method=method) for method in METHODS),
    raw("a length beyond the limit", b"{}", 413, length="70000000"),
    raw("a form's length beyond the limit", form(part(b"x")), 413, type=FORM, length="999999999999"),
    raw("a length below zero", b"{}", length="-5"),
    raw("a length in letters", b"{}", length="many"),
    raw("a length of 5000 digits", b"{}", 413, length="9" * 5000),
    raw("a length that is longer than the body", b'{"signals": [', length="500"),
    raw("a length that is shorter than the body", json.dumps({"signals": [PDQ]}).encode(), length="20"),
    raw("chunks", b"2\r\n{}\r\n0\r\n\r\n", 411, headers={"Transfer-Encoding": "chunked"}),
    raw("an address that is not there", b"{}", 404, path="/api/v1/chekc"),
    raw("a cursor below zero", b"", 422, path="/api/v1/decisions?after=-1", method="GET"),
    raw("a cursor beyond all numbers", b"", 422, path="/api/v1/decisions?after=" + "9" * 40, method="GET"),
    raw("a limit of none", b"", 422, path="/api/v1/decisions?limit=0", method="GET"),
    raw("a decision that is no id", b"", 404, path="/api/v1/decisions/1%27--", method="GET"),
    raw("a decision that is not there", b"", 404, path=f"/api/v1/decisions/{NO_ID}/statement", method="GET"),
]  # fmt: skip
ABOUT_ACTIONS = [
    says("an action without a decision", {"measure": "removed"}, path=ACTIONS),
    says("an action on a decision that is not there", {"decision": NO_ID, "measure": "removed"}, 404, path=ACTIONS),
    says("a decision that is no id at all", {"decision": "1 OR 1=1", "measure": "removed"}, path=ACTIONS),
    says("a decision that is a number", {"decision": 1, "measure": "removed"}, path=ACTIONS),
    says("a measure that is unknown", {"decision": NO_ID, "measure": "burnt"}, path=ACTIONS),
    says("a measure that is a list", {"decision": NO_ID, "measure": ["removed"]}, path=ACTIONS),
    says("an address that is no id", {"decision": NO_ID, "measure": "removed", "address": "x"}, path=ACTIONS),
    says("an action with a field too many", {"decision": NO_ID, "measure": "removed", "at": "now"}, path=ACTIONS),
    says("an action with a null", {"decision": NO_ID, "measure": "removed", "content": None}, path=ACTIONS),
    raw("an action that breaks off", b'{"decision": "', path=ACTIONS),
    raw("an action as a form", form(part(b"x")), 415, type=FORM, path=ACTIONS),
    raw("an action of 2 MB", b'"' + b"x" * 2_000_000 + b'"', 413, path=ACTIONS),
]
ALL = [*FILES, *FORMS, *BODIES, *EDGES, *ABOUT_ACTIONS]
