"""The settings of the operator, read once from the environment and checked."""

import os
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

from argine.desk.config_fields import FACES, Config, variable
from argine.errors import ArgineError
from argine.merkle.cosignature import WitnessKey
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey

TRUE, FALSE = ("1", "yes", "true", "on"), ("0", "no", "false", "off", "")
MFA_RULES = ("auto", "always", "never")
FOUR_EYES_RULES = ("off", "removals", "all")
WHOLE = 100
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


def _parse(name: str, kind: object, text: str) -> object:
    if kind is Path:
        return Path(text).expanduser()
    if kind is bool:
        if text.lower() not in TRUE + FALSE:
            raise ConfigError(f"{variable(name)} must be yes or no, not {text!r}.")
        return text.lower() in TRUE
    if kind is int:
        if not text.isdecimal() or int(text) == 0:
            raise ConfigError(f"{variable(name)} must be a whole number above zero, not {text!r}.")
        return int(text)
    if kind is str:
        return text
    return tuple(part.strip() for part in text.split(",") if part.strip())


def read(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the settings.

    Raises:
        ConfigError: a value is not of its kind; the text says which and what it may be.
    """
    given = {
        item.name: _parse(item.name, item.type, environment[variable(item.name)])
        for item in fields(Config)
        if variable(item.name) in environment
    }
    config = Config(**given)  # type: ignore[arg-type]  # each value was parsed by its field's type
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
    _check_mail(config)
    _check_addresses("webhooks", config.webhooks, config)
    _check_witnesses(config)
    _check_evidence(config)
    return config


def _check_evidence(config: Config) -> None:
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


def _check_addresses(name: str, urls: tuple[str, ...], config: Config) -> None:
    schemes = {"https", "http"} if config.webhook_private else {"https"}
    for number, url in enumerate(urls, start=1):
        try:
            parts = urlsplit(url)
            is_fine = parts.scheme in schemes and parts.hostname and parts.port != 0
        except ValueError:
            is_fine = False
        # The address is not repeated: it may hold a secret.
        if not is_fine or "@" in parts.netloc or parts.fragment or not url.isascii() or not url.isprintable():
            raise ConfigError(
                f"{variable(name)}: address {number} must begin with https:// and have no name, password or "
                f"fragment. In the desk's own network, {variable('webhook_private')}=yes allows http too."
            )


def _check_witnesses(config: Config) -> None:
    try:
        for text in config.witnesses:
            WitnessKey.parse(text.partition(" ")[0])
        for text in config.witnessed_logs:
            VerifierKey.parse(text)
    except MerkleError as error:
        raise ConfigError(f"{variable('witnesses')}, {variable('witnessed_logs')}: a key is none. {error}") from error
    _check_addresses("witnesses", tuple(text.partition(" ")[2].strip() for text in config.witnesses), config)


def _check_mail(config: Config) -> None:
    if config.smtp_security not in SMTP_RULES:
        raise ConfigError(f"{variable('smtp_security')} must be one of {', '.join(SMTP_RULES)}.")
    if config.smtp_port > HIGHEST_PORT:
        raise ConfigError(f"{variable('smtp_port')} must be a port: at most {HIGHEST_PORT}.")
    if config.mail_from and not ADDRESS.fullmatch(config.mail_from):
        raise ConfigError(f"{variable('mail_from')} must be one e-mail address, such as noreply@example.org.")
    if config.smtp_host and not config.mail_from:
        raise ConfigError(f"{variable('smtp_host')} is set: set {variable('mail_from')} too, who the e-mails are from.")
    if bool(config.smtp_user) != bool(config.smtp_password_file):
        raise ConfigError(
            f"{variable('smtp_user')} and {variable('smtp_password_file')} go together: set both or none."
        )
