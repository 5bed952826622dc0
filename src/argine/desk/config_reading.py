"""Reading the settings from the environment, and whether they fit together; each fault is told in a sentence."""

import os
from collections.abc import Collection, Mapping
from dataclasses import fields
from ipaddress import ip_network

from argine.desk.config import Config
from argine.desk.config_rules import (
    ADDRESS,
    DESK_KINDS,
    FACES,
    FOUR_EYES_RULES,
    HIGHEST_PORT,
    HOST_RULE,
    LOG_FORMATS,
    MFA_RULES,
    NODE,
    SANDBOX_RULES,
    SMTP_RULES,
    STAMP_ADDRESS,
    WHOLE,
    ConfigError,
    is_place,
    parse,
    variable,
)
from argine.desk.database_url import database_of
from argine.merkle.cosignature import WitnessKey
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey


def read(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the settings.

    Raises:
        ConfigError: a value is not of its kind; the text says which and what it may be.
    """
    given = {
        item.name: parse(item.name, item.type, environment[variable(item.name)], item.metadata.get("least", 1))
        for item in fields(Config)
        if variable(item.name) in environment
    }
    config = Config(**given)  # type: ignore[arg-type]  # each value was parsed by its field's type
    check(config)
    return config


def check(config: Config) -> None:
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
    if config.log_format not in LOG_FORMATS:
        raise ConfigError(f"{variable('log_format')} must be one of {', '.join(LOG_FORMATS)}.")
    if config.desk_kind not in DESK_KINDS:
        raise ConfigError(f"{variable('desk_kind')} must be one of {', '.join(DESK_KINDS)}.")
    if config.key_wrap_command and not config.key_unwrap_command:
        raise ConfigError(f"{variable('key_wrap_command')} needs {variable('key_unwrap_command')}.")
    _check_database(config)
    _check_proxies(config)
    _check_mail(config)
    _check_copies(config)
    _check_addresses("webhooks", config.webhooks, config)
    _check_witnesses(config)
    _check_evidence(config)


def _check_database(config: Config) -> None:
    if config.database_url:
        database_of(config.database_url)
    elif config.database_password_file:
        raise ConfigError(f"{variable('database_password_file')} needs {variable('database_url')}.")
    if not NODE.fullmatch(config.node):
        raise ConfigError(f"{variable('node')} must be at most 40 letters, digits, dots, dashes and underlines.")


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


def _check_addresses(name: str, urls: Collection[str], config: Config) -> None:
    schemes = {"https", "http"} if config.webhook_private else {"https"}
    for number, url in enumerate(urls, start=1):
        # The address is not repeated: it may hold a secret.
        if not is_place(url, schemes):
            raise ConfigError(
                f"{variable(name)}: address {number} must begin with https:// and have no name, password or "
                f"fragment. In the desk's own network, {variable('webhook_private')}=yes allows http too."
            )


def _check_proxies(config: Config) -> None:
    for number, text in enumerate(config.trusted_proxies, start=1):
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise ConfigError(f"{variable('trusted_proxies')}: number {number} is no address or network.") from None


def _check_witnesses(config: Config) -> None:
    try:
        for text in config.witnesses:
            WitnessKey.parse(text.partition(" ")[0])
        for text in config.witnessed_logs:
            VerifierKey.parse(text)
    except MerkleError as error:
        raise ConfigError(f"{variable('witnesses')}, {variable('witnessed_logs')}: a key is none. {error}") from error
    _check_addresses("witnesses", [text.partition(" ")[2].strip() for text in config.witnesses], config)


def _check_mail(config: Config) -> None:
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


def _check_copies(config: Config) -> None:
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
