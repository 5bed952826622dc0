"""How single settings are written: the variable of each, its values, and how its text is read."""

import re
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

from argine.errors import ArgineError

FACES = ("intake", "console", "api", "hma", "feeds")
TRUE, FALSE = ("1", "yes", "true", "on"), ("0", "no", "false", "off", "")
MFA_RULES = ("auto", "always", "never")
FOUR_EYES_RULES = ("off", "removals", "all")
WHOLE = 100
PRIVATE_NETWORKS = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
LOG_FORMATS = ("plain", "json")
SANDBOX_RULES = ("auto", "full", "off")
DESK_KINDS = ("platform", "helpline")
SMTP_RULES = ("starttls", "tls", "none")
NODE = re.compile(r"[A-Za-z0-9._-]{0,40}")
HIGHEST_PORT = 65535
# Enough to see a slip. Whether an address exists only its server knows.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")

HOST_RULE = re.compile(r"(\*|(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:[1-9][0-9]{0,4})?")
STAMP_ADDRESS = re.compile(r"https?://[!-?A-~]+")


class ConfigError(ArgineError):
    code = "bad_setting"


def variable(name: str) -> str:
    return f"ARGINE_{name.upper()}"


def parse(name: str, kind: object, text: str, least: int = 1) -> object:
    if kind is Path:
        return Path(text).expanduser()
    if kind is bool:
        if text.lower() not in TRUE + FALSE:
            raise ConfigError(f"{variable(name)} must be yes or no, not {text!r}.")
        return text.lower() in TRUE
    if kind is int:
        if not text.isdecimal() or int(text) < least:
            rule = "above zero" if least else "from zero"
            raise ConfigError(f"{variable(name)} must be a whole number {rule}, not {text!r}.")
        return int(text)
    if kind is str:
        return text
    return tuple(part.strip() for part in text.split(",") if part.strip())


def is_place(url: str, schemes: Collection[str]) -> bool:
    """Whether this is an address that can be asked for: with a host; without name, password or fragment."""
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        return False
    return bool(is_fine) and "@" not in parts.netloc and not parts.fragment and url.isascii() and url.isprintable()
