"""The markup of a page to text: structure and words stay, media, scripts, styles and forms go. Pure.

Runs in the confined process (`reader`). `nh3` reads the page as a browser would and hands on clean, closed markup of
the few tags named here; only that is walked.
"""

import hashlib
import re
from base64 import b64decode
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

import nh3

MOST_TEXT = 200_000
MOST_LINKS = 500
MOST_MEDIA = 200
LONGEST_ADDRESS = 2000

BLOCKS = {
    *("p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "blockquote", "pre", "figure"),
    *("figcaption", "table", "tr", "ul", "ol", "dl", "dt", "dd", "br", "hr", "details", "summary", "address"),
}
HEADINGS = {"h1": "# ", "h2": "## ", "h3": "### ", "h4": "#### ", "h5": "##### ", "h6": "###### "}
CELLS = {"td": " | ", "th": " | "}
INLINE = {"a", "b", "i", "em", "strong", "code", "q", "s", "u", "sub", "sup", "small", "span", "abbr", "cite"}
# Where a page's media are, by tag and attribute.
MEDIA = {
    "img": ("picture", ("src", "data-src", "srcset")),
    "video": ("video", ("src", "poster")),
    "audio": ("sound", ("src",)),
    "source": ("media", ("src", "srcset")),
    "iframe": ("frame", ("src",)),
    "embed": ("object", ("src",)),
    "object": ("object", ("data",)),
}
META_MEDIA = ("og:image", "og:video", "og:audio", "twitter:image", "twitter:player")
META_TIMES = ("time", "date", "published", "modified")
CSS_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]{1,2000})")
# Gone with all that is in them.
DROPPED = {"script", "style", "svg", "math", "template", "form", "select", "textarea", "button", "canvas"}

TAGS = BLOCKS | set(HEADINGS) | set(CELLS) | INLINE | set(MEDIA) | {"li", "title", "meta", "time", "noscript", "base"}
ATTRIBUTES = {
    "*": {"style"},
    "a": {"href"},
    "base": {"href"},
    "meta": {"property", "name", "content"},
    "time": {"datetime"},
    **{tag: set(names) for tag, (_, names) in MEDIA.items()},
}
SCHEMES = {"http", "https", "data", "mailto", "tg", "bitcoin", "ethereum", "monero", "tron"}


@dataclass(frozen=True, slots=True)
class Medium:
    """Something of the page that is no text. `sha256` is of what stands in the page itself (a `data:` address)."""

    kind: str
    address: str
    sha256: str = ""


@dataclass(slots=True)
class Page:
    """A page without its media."""

    title: str = ""
    text: str = ""
    links: list[str] = field(default_factory=list)
    media: list[Medium] = field(default_factory=list)
    times: list[str] = field(default_factory=list)


def read(markup: str, base: str) -> Page:
    """Take a page apart. `base` is the address that it came from; the addresses in it are made whole by it."""
    clean = nh3.clean(
        markup,
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags=DROPPED,
        url_schemes=SCHEMES,
        link_rel=None,
    )
    walker = _Walker(base)
    walker.feed(clean)
    walker.close()
    return walker.page()


class _Walker(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self._base, self._pieces, self._length, self._title = base, [""], 0, ""
        self._in_title, self._href = False, ""
        self._links: dict[str, None] = {}
        self._media: dict[tuple[str, str], Medium] = {}
        self._times: list[str] = []

    def page(self) -> Page:
        lines = (" ".join(line.split()) for line in "".join(self._pieces).split("\n"))
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
        return Page(
            title=" ".join(self._title.split())[:500],
            text=text[:MOST_TEXT],
            links=list(self._links)[:MOST_LINKS],
            media=list(self._media.values()),
            times=self._times[:MOST_LINKS],
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        for address in CSS_ADDRESS.findall(said.get("style", "")):
            self._note_medium("style", address)
        if tag in MEDIA:
            self._note_media(tag, said)
        elif tag == "a":
            self._href = self._whole(said.get("href", ""))
        elif tag == "base":
            self._base = self._whole(said.get("href", "")) or self._base
        elif tag == "meta":
            self._note_meta(said.get("property", "") or said.get("name", ""), said.get("content", ""))
        elif tag == "time":
            self._times.append(said.get("datetime", ""))
        elif tag == "title":
            self._in_title = True
        self._open(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        elif tag == "a" and self._href:
            self._say(f" <{self._href}>")
            self._links.setdefault(self._href)
            self._href = ""
        elif tag in BLOCKS or tag in HEADINGS:
            self._say("\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self._title += data[:500]
        else:
            self._say(data.replace("\n", " "))

    def _open(self, tag: str) -> None:
        if tag in BLOCKS:
            self._say("\n")
        elif tag == "li":
            self._say("\n- ")
        else:
            self._say(f"\n\n{HEADINGS[tag]}" if tag in HEADINGS else CELLS.get(tag, ""))

    def _say(self, text: str) -> None:
        if self._length < MOST_TEXT:
            self._pieces.append(text)
            self._length += len(text)

    def _note_media(self, tag: str, said: dict[str, str]) -> None:
        kind, names = MEDIA[tag]
        for name in names:
            # Of several sizes the first stands for all.
            address = said.get(name, "").strip()
            self._note_medium(kind, address.partition(" ")[0] if name == "srcset" else address)

    def _note_meta(self, name: str, content: str) -> None:
        if name.startswith(META_MEDIA) and "/" in content:
            self._note_medium("picture" if "image" in name else "media", content)
        elif any(word in name for word in META_TIMES):
            self._times.append(content)

    def _note_medium(self, kind: str, address: str) -> None:
        if not address or len(self._media) >= MOST_MEDIA:
            return
        inline = address[:5].lower() == "data:"
        digest = hashlib.sha256(_inline(address)).hexdigest() if inline else ""
        whole = "" if inline else self._whole(address)
        if not digest and not whole:
            return
        medium = self._media.setdefault((kind, digest or whole), Medium(kind, whole, digest))
        number = list(self._media.values()).index(medium) + 1
        self._say(f" [{medium.kind} {number}] ")

    def _whole(self, address: str) -> str:
        """The address as one that stands for itself; nothing if it leads to no other place."""
        try:
            whole = urljoin(self._base, address.strip())[:LONGEST_ADDRESS]
            is_fine = urlsplit(whole).scheme in SCHEMES - {"data"}
        except ValueError:
            return ""
        return whole if is_fine and address.strip() and not address.startswith("#") else ""


def _inline(address: str) -> bytes:
    """The bytes that stand in a `data:` address; its own if it is broken."""
    head, _, body = address.partition(",")
    data = unquote_to_bytes(body)
    if not head.lower().endswith(";base64"):
        return data
    try:
        return b64decode(data, validate=False)
    except ValueError:
        return data
