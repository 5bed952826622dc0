"""How single settings are written: the variable of each, its values, and how its text is read."""

import re
from collections.abc import Collection
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from argine.errors import ArgineError

FACES = ("intake", "console", "api", "hma", "feeds")
TRUE, FALSE = ("1", "yes", "true", "on"), ("0", "no", "false", "off", "")
MFA_RULES = ("auto", "always", "never")
FOUR_EYES_RULES = ("off", "removals", "all")
WHOLE = 100
PRIVATE_NETWORKS = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
SANDBOX_RULES = ("auto", "full", "off")
DESK_KINDS = ("platform", "helpline")
SMTP_RULES = ("starttls", "tls", "none")
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


def check(config: "Config") -> None:
    """Raise unless the settings fit together.

    Raises:
        ConfigError: with a sentence for who set them.
    """
    if unknown := set(config.faces) - set(FACES):
        raise ConfigError(f"{variable('faces')} knows {', '.join(FACES)}, not {', '.join(sorted(unknown))}.")
    if config.require_mfa not in MFA_RULES:
        raise ConfigError(f"{variable('require_mfa')} must be one of {', '.join(MFA_RULES)}.")
    if config.four_eyes not in FOUR_EYES_RULES:
        raise ConfigError(f"{variable('four_eyes')} must be one of {', '.join(FOUR_EYES_RULES)}.")
    if not all(text.isdecimal() and 0 < int(text) < WHOLE for text in config.warn_percent):
        raise ConfigError(f"{variable('warn_percent')} must be whole numbers from 1 to 99, separated by commas.")
    if config.sandbox not in SANDBOX_RULES:
        raise ConfigError(f"{variable('sandbox')} must be one of {', '.join(SANDBOX_RULES)}.")
    if config.desk_kind not in DESK_KINDS:
        raise ConfigError(f"{variable('desk_kind')} must be one of {', '.join(DESK_KINDS)}.")
    _check_proxies(config)
    _check_mail(config)
    _check_copies(config)
    _check_addresses("webhooks", config.webhooks, config)
    _check_witnesses(config)
    _check_evidence(config)


def is_place(url: str, schemes: Collection[str]) -> bool:
    """Whether this is an address that can be asked for: with a host; without name, password or fragment."""
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        return False
    return bool(is_fine) and "@" not in parts.netloc and not parts.fragment and url.isascii() and url.isprintable()


def _check_evidence(config: "Config") -> None:
    for rule in config.evidence_hosts:
        if not HOST_RULE.fullmatch(rule):
            raise ConfigError(
                f"{variable('evidence_hosts')} takes names such as forum.example, *.forum.example or *, each with a "
                f"port if need be, not {rule!r}."
            )
    if bool(config.timestamp_url) != bool(config.timestamp_ca_file):
        raise ConfigError(
            f"{variable('timestamp_url')} and {variable('timestamp_ca_file')} go together: a stamp that is not "
            "verified proves nothing. Set both or none."
        )
    if config.timestamp_url and not STAMP_ADDRESS.fullmatch(config.timestamp_url):
        raise ConfigError(f"{variable('timestamp_url')} must begin with http:// or https:// and have no name in it.")


def _check_addresses(name: str, urls: Collection[str], config: "Config") -> None:
    schemes = {"https", "http"} if config.webhook_private else {"https"}
    for number, url in enumerate(urls, start=1):
        # The address is not repeated: it may hold a secret.
        if not is_place(url, schemes):
            raise ConfigError(
                f"{variable(name)}: address {number} must begin with https:// and have no name, password or "
                f"fragment. In the desk's own network, {variable('webhook_private')}=yes allows http too."
            )


def _check_proxies(config: "Config") -> None:
    for number, text in enumerate(config.trusted_proxies, start=1):
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise ConfigError(f"{variable('trusted_proxies')}: number {number} is no address or network.") from None


def _check_witnesses(config: "Config") -> None:
    try:
        for text in config.witnesses:
            WitnessKey.parse(text.partition(" ")[0])
        for text in config.witnessed_logs:
            VerifierKey.parse(text)
    except MerkleError as error:
        raise ConfigError(f"{variable('witnesses')}, {variable('witnessed_logs')}: a key is none. {error}") from error
    _check_addresses("witnesses", [text.partition(" ")[2].strip() for text in config.witnesses], config)


def _check_mail(config: "Config") -> None:
    if config.smtp_security not in SMTP_RULES:
        raise ConfigError(f"{variable('smtp_security')} must be one of {', '.join(SMTP_RULES)}.")
    if config.smtp_port > HIGHEST_PORT:
        raise ConfigError(f"{variable('smtp_port')} must be a port: at most {HIGHEST_PORT}.")
    if config.mail_from and not ADDRESS.fullmatch(config.mail_from):
        raise ConfigError(f"{variable('mail_from')} must be one e-mail address, such as noreply@example.org.")
    if config.smtp_host and not config.mail_from:
        raise ConfigError(f"{variable('smtp_host')} is set: set {variable('mail_from')} too, who the e-mails are from.")
    if bool(config.smtp_user) != bool(config.smtp_password_file or config.smtp_password):
        raise ConfigError(
            f"{variable('smtp_user')} and {variable('smtp_password_file')} go together: set both or none."
        )


def _check_copies(config: "Config") -> None:
    for name in ("copy_place", "copy_pages"):
        template = getattr(config, name)
        if template and (template.count("{id}") != 1 or not is_place(template.replace("{id}", "x"), ("https", "http"))):
            raise ConfigError(
                f"{variable(name)} must be an address with {{id}} once in it, after the name of the host."
            )
        if template and "{id}" in template.split("/", 3)[2]:
            raise ConfigError(f"{variable(name)} must name the host: {{id}} stands behind it.")
    if config.preview and not config.copy_place:
        raise ConfigError(f"{variable('preview')} needs {variable('copy_place')}: where the pictures come from.")
