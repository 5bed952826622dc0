"""What a page names that leads to who put it there: handles, e-mail addresses, times. Given its text and links."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

MOST_FOUND = 200
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])")
HANDLE = re.compile(r"(?<![\w@/.])@[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,38}[A-Za-z0-9_])?(?![\w@])")
# Where the first part of a path names an account.
PROFILES = {
    *("t.me", "telegram.me", "x.com", "twitter.com", "instagram.com", "facebook.com", "tiktok.com", "vk.com"),
    *(
        "onlyfans.com",
        "fansly.com",
        "snapchat.com",
        "patreon.com",
        "linktr.ee",
        "ko-fi.com",
        "twitch.tv",
        "threads.net",
    ),
    *("paypal.me", "cash.app"),
}
INVITES = {"discord.gg", "chat.whatsapp.com", "wa.me"}
NO_ACCOUNT = {"", "share", "sharer", "sharer.php", "intent", "home", "login", "signup", "explore", "search", "p", "s"}
ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?")


def mails(text: str) -> list[str]:
    """The e-mail addresses in a text, each once."""
    return _once(match[0] for match in MAIL.finditer(text))


def handles(text: str, links: Iterable[str]) -> list[str]:
    """The accounts that a page names: `@name` in its text, and links that lead to an account of a known service."""
    without_mail = MAIL.sub(" ", text)
    return _once([*(match[0] for match in HANDLE.finditer(without_mail)), *_accounts(links)])


def _accounts(links: Iterable[str]) -> Iterator[str]:
    for link in links:
        try:
            parts = urlsplit(link)
            host = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            continue
        first = parts.path.strip("/").partition("/")[0]
        if host in PROFILES | INVITES and first.lower() not in NO_ACCOUNT:
            yield f"{host}/{first}"


def times(candidates: Iterable[str]) -> list[str]:
    """Those of the candidates that are an instant or a day in ISO 8601, as the page writes them."""
    return _once(one.strip() for one in candidates if ISO_TIME.fullmatch(one.strip()))


def _once(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))[:MOST_FOUND]
