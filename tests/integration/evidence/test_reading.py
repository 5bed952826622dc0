"""Pages are taken apart in a confined process: nothing that runs or shows comes out, and none can hang or break it."""

import json
import os
import subprocess
from typing import Any

import pytest
from django.conf import LazySettings
from hypothesis import given, settings
from hypothesis import strategies as st

from argine.desk.evidence import markup, reader, reading
from argine.desk.evidence.reading import UnreadableError, take_apart

BASE = "https://site.example/folder/page"
PIECES = [
    *("<b>", "</p>", "<img src=x>", "<script>", "<!--", "-->", "<svg>", "<a href='", "<style>", "<p", "&lt;", "&#0;"),
    *("<template>", "data:image/png;base64,AA", "'\">", "<title>", "<math><mi>", "text", "<plaintext>", "\0"),
]


def words(page: str) -> str:
    return markup.read(page, BASE).text


def test_words_and_structure_stay() -> None:
    page = "<h2>Head</h2><p>One <b>two</b><br>three</p><ul><li>a<li>b</ul><table><tr><td>1<td>2</table>"
    assert words(page).split("\n") == ["## Head", "", "One two", "three", "", "- a", "- b", "", "| 1 | 2"]


@pytest.mark.parametrize(
    "gone",
    [
        "<script>zq</script>", "<style>zq</style>", "<form>zq<input value=zq></form>", "<svg><text>zq</text></svg>",
        "<template>zq</template>", "<!-- zq -->", "<b onclick='zq'></b>", "<textarea>zq</textarea>",
        "<a href='javascript:zq'></a>", "<img alt='zq'>", "<button>zq</button>",
    ],
)  # fmt: skip
def test_what_runs_or_asks_is_gone(gone: str) -> None:
    page = markup.read(f"before{gone}after", BASE)
    assert "zq" not in str(page)
    assert "before" in page.text
    assert "after" in page.text


@pytest.mark.parametrize(
    ("tag", "kind", "address"),
    [
        ('<img src="a.jpg">', "picture", "https://site.example/folder/a.jpg"),
        ('<img data-src="//cdn.example/a.jpg">', "picture", "https://cdn.example/a.jpg"),
        ('<img srcset="/a.jpg 1x, /b.jpg 2x">', "picture", "https://site.example/a.jpg"),
        ('<video src="/v.mp4"></video>', "video", "https://site.example/v.mp4"),
        ('<video poster="/p.jpg"></video>', "video", "https://site.example/p.jpg"),
        ('<audio src="/s.mp3"></audio>', "sound", "https://site.example/s.mp3"),
        ('<video><source src="/v.webm"></video>', "media", "https://site.example/v.webm"),
        ('<iframe src="https://other.example/"></iframe>', "frame", "https://other.example/"),
        ('<object data="/o.swf"></object>', "object", "https://site.example/o.swf"),
        ("<p style=\"background: url('/b.png')\">x</p>", "style", "https://site.example/b.png"),
        ('<meta property="og:image" content="/og.jpg">', "picture", "https://site.example/og.jpg"),
        ('<base href="https://other.example/x/"><img src="a.jpg">', "picture", "https://other.example/x/a.jpg"),
    ],
)
def test_media_are_named_by_their_addresses(tag: str, kind: str, address: str) -> None:
    (medium,) = markup.read(tag, BASE).media
    assert (medium.kind, medium.address, medium.sha256) == (kind, address, "")


def test_media_that_stand_in_the_page_are_named_by_their_digest_alone() -> None:
    (medium,) = markup.read('<img src="data:image/png;base64,AAAA">', BASE).media
    assert (medium.address, len(medium.sha256)) == ("", 64)
    assert markup.read('<img src="data:,x">', BASE).media[0].address == ""


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join))
@settings(max_examples=200)
def test_no_markup_breaks_it_or_comes_through(page: str) -> None:
    found = reader.read(page.encode("utf-8", "replace"), BASE, "")
    assert set(found) == {"title", "language", "text", "links", "media", "mails", "handles", "payments", "times"}
    assert all("data:" not in str(link) for link in found["links"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("è".encode(), "", "è"),
        ("è".encode("latin-1"), "iso-8859-1", "è"),
        (b'<meta charset="windows-1252">' + "è".encode("cp1252"), "", "è"),
        (b"\xff", "", "\ufffd"),
        (b"x", "no-such-charset", "x"),
        (b"x", "zlib", "x"),
    ],
)
def test_a_page_is_read_in_its_charset(data: bytes, charset: str, text: str) -> None:
    assert reader.read(data, BASE, charset)["text"] == text


def test_it_is_done_in_a_process_of_its_own(settings: LazySettings) -> None:
    page = take_apart(b"<html lang=it><title>T</title><p>Hi @name", BASE, "")
    assert (page.title, page.language, page.text, page.handles) == ("T", "it", "Hi @name", ("@name",))


def test_a_page_that_keeps_it_busy_costs_its_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SECONDS", 2)
    with pytest.raises(UnreadableError):
        take_apart(b"<div>" * 400_000, BASE, "")


def told(**changes: object) -> bytes:
    lists: dict[str, object] = {name: [] for name in ("links", "media", "mails", "handles", "payments", "times")}
    return json.dumps({"confined": "full", "title": "", "language": "", "text": "", **lists, **changes}).encode()


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"noise", b"[]", b"{}", b'{"confined": "full"}'),
        told(title=1),
        told(links=[1]),
        told(media=[{"kind": "picture"}]),
        told(payments=[{"currency": "DOGE", "address": "", "checked": True}]),
    ],
)
def test_what_a_broken_process_answers_is_not_taken(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_run", lambda _data: answer)
    with pytest.raises(UnreadableError):
        take_apart(b"x", BASE, "")


def test_control_characters_do_not_come_through(monkeypatch: pytest.MonkeyPatch) -> None:
    page = take_apart("<p>a\u202eb\x1bc\ud800".encode("utf-8", "replace"), BASE, "")
    assert page.text == "abc?"


def test_where_the_operator_asks_for_full_confinement_less_is_refused(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_run", lambda _data: told(confined="process"))
    settings.CONFIG = type(settings.CONFIG)(sandbox="full", data=settings.CONFIG.data)
    with pytest.raises(UnreadableError, match="confine"):
        take_apart(b"x", BASE, "")


def test_no_process_is_left_behind() -> None:
    take_apart(b"x", BASE, "")
    words = ["ps", "--ppid", str(os.getpid()), "-o", "args="]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "evidence.reader" not in found.stdout
