"""A process that takes one page of a stranger apart and can do nothing else. `python -m argine.desk.evidence.reader`.

It reads the page from standard input: a line of JSON (`base`, `charset`), then its bytes. It answers with one object of
JSON on standard output and ends. A page that keeps it busy costs that one page. See `reading`.
"""

import json
import re
import resource
import sys
from dataclasses import asdict

from argine.desk.evidence import finds, markup, payments
from argine.media.confine import MIB, confine

MEMORY = 768 * MIB
SECONDS = 10
CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)
LANGUAGE = re.compile(r"<html[^>]{0,400}\blang=[\"']?([A-Za-z-]{2,20})", re.IGNORECASE)
HEAD = 2048


def decoded(data: bytes, charset: str) -> str:
    """The text of a page: by the server's word, else by the page's own, else as UTF-8. Nothing fails."""
    own = CHARSET.search(data[:HEAD])
    for name in (charset, own[1].decode("ascii", "replace") if own else "", "utf-8"):
        try:
            return data.decode(name, "replace")
        except (LookupError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def read(data: bytes, base: str, charset: str) -> dict[str, object]:
    """Take a page apart, as `reading.PageFacts` tells it."""
    text = decoded(data, charset)
    page = markup.read(text, base)
    language = LANGUAGE.search(text[:HEAD])
    words = f"{page.title}\n{page.text}\n" + "\n".join(page.links)
    return {
        "title": page.title,
        "language": language[1] if language else "",
        "text": page.text,
        "links": page.links,
        "media": [asdict(medium) for medium in page.media],
        "mails": finds.mails(words),
        "handles": finds.handles(f"{page.title}\n{page.text}", page.links),
        "payments": [asdict(payment) for payment in payments.find(words)],
        "times": finds.times(page.times),
    }


def main() -> None:
    head = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    reached = confine(MEMORY)
    found = read(data, head["base"], head["charset"])
    sys.stdout.write(json.dumps({**found, "confined": reached.level.value}))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
