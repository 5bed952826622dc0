"""Looking at one reported address: allowed hosts only, each redirect judged again, all within one time.

Nothing is sent but the address: no cookies, no credentials, no referrer. One address is looked at once; no link of the
page is followed.
"""

from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from django.conf import settings

from argine.desk.core.outside import Answer, Limits, OutsideError, Request, exchange
from argine.desk.evidence import policies
from argine.desk.evidence.enums import Problem

SECONDS = 20.0
MOST_PAGE = 2 * 1024 * 1024
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
TEXTS = ("text/html", "application/xhtml+xml", "text/plain")
HEADERS = {"Accept": "text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.1", "Accept-Encoding": "identity"}
# What an address is written with, besides letters and digits; everything else is sent as bytes in percent form.
WRITTEN = "/%:=&?~+!$,;'@()*[]#-._"


@dataclass(frozen=True, slots=True)
class Hop:
    """One answer on the way. `certificate` is the SHA-256 of the TLS certificate, empty without TLS."""

    url: str
    status: int
    address: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of looking: the way, and the last answer; `problem` says what went wrong, if something did.

    `target` is the last address that was to be looked at, whether it was or not.
    """

    hops: tuple[Hop, ...]
    answer: Answer | None
    problem: Problem = Problem.NONE
    target: str = ""

    @property
    def url(self) -> str:
        """Where the way ended."""
        return self.hops[-1].url if self.hops else ""

    @property
    def status(self) -> int:
        return self.hops[-1].status if self.hops else 0


@dataclass(slots=True)
class _Way:
    until: float
    target: str
    hops: list[Hop] = field(default_factory=list)

    def ends(self, problem: Problem, answer: Answer | None = None) -> Visit:
        return Visit(tuple(self.hops), answer, problem, self.target)


def look(url: str, *, takes: tuple[str, ...] = TEXTS, most_bytes: int = MOST_PAGE, seconds: float = SECONDS) -> Visit:
    """Look at an address, and where it leads. Of a type of content that is not in `takes` no byte of the body is read.

    What cannot be reached is an answer too, so nothing is raised.
    """
    way = _Way(monotonic() + seconds, ascii_form(url))
    for _ in range(MOST_REDIRECTS + 1):
        if not policies.is_allowed(way.target, settings.CONFIG.evidence_hosts):
            return way.ends(Problem.NOT_ALLOWED)
        left = way.until - monotonic()
        if left <= 0:
            return way.ends(Problem.SLOW)
        try:
            answer = exchange(Request(way.target, headers=HEADERS, takes=takes), Limits(left, most_bytes))
        except OutsideError as error:
            return way.ends(Problem(error.trouble.value))
        way.hops.append(Hop(way.target, answer.status, answer.address, answer.certificate))
        location = answer.header("Location")
        if answer.status not in REDIRECTS or not location:
            return way.ends(Problem.NONE, answer)
        way.target = _next(way.target, location)
    return way.ends(Problem.REDIRECTS)


def ascii_form(url: str) -> str:
    """An address as it is sent: no fragment, host in ASCII, other letters as bytes in percent form."""
    try:
        parts = urlsplit(urldefrag(url.strip()).url)
        host = parts.netloc.encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
        return parts._replace(netloc=host, path=quote(parts.path, WRITTEN), query=quote(parts.query, WRITTEN)).geturl()
    except ValueError:  # UnicodeError is one
        return ""


def _next(url: str, location: str) -> str:
    try:
        return ascii_form(urljoin(url, location))
    except ValueError:
        return ""
