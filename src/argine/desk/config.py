"""What the operator may set, read once from the environment.

Each setting is one field; its metadata says what it is for. `docs/reference/settings.md` is made from this table.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from argine.errors import ArgineError
from argine.merkle.cosignature import WitnessKey
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey

DEFAULT_REGIMES = ("us-tida-s3", "uk-osa-10-3a", "eu-dsa-16", "it-144bis")
FACES = ("intake", "console", "api")
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


class ConfigError(ArgineError):
    code = "bad_setting"


@dataclass(frozen=True, slots=True)
class Config:
    data: Path = field(default=Path("data"), metadata={"help": "Folder of the database and the keys."})
    base_url: str = field(
        default="http://127.0.0.1:8000",
        metadata={
            "help": "The address people use, as seen from outside. With https, cookies are sent over https only."
        },
    )
    hosts: tuple[str, ...] = field(
        default=(), metadata={"help": "More host names that the desk answers to, separated by commas."}
    )
    trust_proxy: bool = field(
        default=False,
        metadata={"help": "Believe X-Forwarded-For and X-Forwarded-Proto: only behind a proxy that sets them itself."},
    )
    trusted_proxies: tuple[str, ...] = field(
        default=PRIVATE_NETWORKS,
        metadata={
            "help": "Where such a proxy connects from: addresses or networks. What others say in X-Forwarded-For is "
            "not believed."
        },
    )
    flood_uploads: int = field(
        default=25,
        metadata={
            "help": "How many different uploads one bank entry may match in 24 hours before staff are asked to look."
        },
    )
    key_per_minute: int = field(
        default=60_000,
        metadata={
            "help": "How many requests a minute one platform key may make, in each web process; more are told to wait. "
            "Lower it where a platform is not to try hashes out."
        },
    )
    faces: tuple[str, ...] = field(
        default=FACES, metadata={"help": "Which faces this process serves: intake, console, api."}
    )
    platform_name: str = field(default="this platform", metadata={"help": "The name that people know the platform by."})
    platform_contact: str = field(
        default="", metadata={"help": "Where people reach the operator: an e-mail address or a page."}
    )
    regimes: tuple[str, ...] = field(
        default=DEFAULT_REGIMES, metadata={"help": "The legal regimes whose clocks run, separated by commas."}
    )
    accept_unverified: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "Regimes with an unverified source (marks V3, M) whose clock the operator accepts all the same."
        },
    )
    appeal_months: int = field(
        default=6,
        metadata={
            "help": "Months for which a decision can be appealed; longer where a law says so, as the EU's does of 6."
        },
    )
    appeal_hours: int = field(
        default=168,
        metadata={"help": "Hours within which the desk promises to decide an appeal."},
    )
    expedited_appeal_hours: int = field(
        default=48,
        metadata={"help": "The same for appeals that a law wants first, as the UK's does."},
    )
    same_person_appeals: bool = field(
        default=False,
        metadata={
            "help": "Let the person who decided also decide the appeal: for desks of one person. The log says so each "
            "time."
        },
    )
    four_eyes: str = field(
        default="off",
        metadata={
            "help": "Which decisions two people take, each without seeing the other's vote: off, removals or all. "
            "Where they disagree a supervisor decides."
        },
    )
    warn_percent: tuple[str, ...] = field(
        default=("50", "80", "95"),
        metadata={"help": "When a clock warns: percents of its time, separated by commas. Each is said once."},
    )
    claim_minutes: int = field(
        default=30, metadata={"help": "Minutes for which a case that somebody has taken shows so to colleagues."}
    )
    purge: bool = field(
        default=True,
        metadata={
            "help": "Erase, each day, the records whose time is over. While it is off, `argine retention run` does it."
        },
    )
    keep_as_advised: bool = field(
        default=True,
        metadata={
            "help": "Keep the record of what was done (no names, no texts) as long as practitioners advise where no "
            "law gives a period, as in the US."
        },
    )
    misuse_number: int = field(
        default=3,
        metadata={
            "help": "How many reports by one contact, found to be manifestly unfounded, count as frequent: then a "
            "warning may be sent, and after one more a supervisor may suspend (DSA Article 23). Nothing is automatic."
        },
    )
    misuse_months: int = field(
        default=12, metadata={"help": "Months in which such reports are counted, and for which they are remembered."}
    )
    misuse_days: int = field(
        default=30, metadata={"help": "The longest time, in days, for which processing may be suspended at once."}
    )
    exit_url: str = field(
        default="https://www.bbc.com/weather",
        metadata={"help": "Where the quick exit leads: a neutral page that fits the country."},
    )
    require_mfa: str = field(
        default="auto",
        metadata={
            "help": "Whether staff need a second factor: always, never, or auto (needed unless the desk is only "
            "reachable from its own machine)."
        },
    )
    max_upload_mib: int = field(default=64, metadata={"help": "Largest file that an upload check takes, in MiB."})
    max_pixels_million: int = field(
        default=64, metadata={"help": "Largest picture that an upload check decodes, in millions of pixels."}
    )
    max_frames: int = field(
        default=16,
        metadata={
            "help": "Most frames of an animation that an upload check compares, the first included. Frames that look "
            "like one of them count for nothing. 1 looks at the first frame alone."
        },
    )
    max_animation_pixels_million: int = field(
        default=128,
        metadata={
            "help": "Most pixels that an upload check decodes of all further frames of an animation together, in "
            "millions; the frames behind are left out, and the answer says how many."
        },
    )
    sandbox: str = field(
        default="auto",
        metadata={
            "help": "How far the process that decodes pictures is confined: auto (as far as this machine can), full "
            "(refuse to decode where Landlock or seccomp is missing), or off (decode in the web process: never with "
            "strangers' pictures)."
        },
    )
    hash_processes: int = field(
        default=2, metadata={"help": "How many processes each web process may start to decode and hash pictures."}
    )
    hash_seconds: int = field(
        default=20, metadata={"help": "Seconds that one picture may take to decode and hash before it is refused."}
    )
    sighting_days: int = field(
        default=180, metadata={"help": "Days that a match keeps the platform's name and address of its copy."}
    )

    desk_kind: str = field(
        default="platform",
        metadata={
            "help": "What this desk is: platform (decides on its own uploads) or helpline (works for people, and "
            "writes to other platforms)."
        },
    )
    smtp_host: str = field(
        default="", metadata={"help": "The mail server that takes outgoing mail. Empty: this desk sends no e-mail."}
    )
    smtp_port: int = field(default=587, metadata={"help": "Its port: 587 with starttls, 465 with tls."})
    smtp_security: str = field(
        default="starttls",
        metadata={
            "help": "How the way to the mail server is protected: starttls, tls (from the first byte), or none (only "
            "for a server on this machine)."
        },
    )
    smtp_ca_file: str = field(
        default="",
        metadata={
            "help": "File of certificates to trust instead of the system's, for a server of one's own authority."
        },
    )
    smtp_user: str = field(default="", metadata={"help": "Name to log in to the mail server with, if it asks."})
    smtp_password_file: str = field(
        default="", metadata={"help": "File that holds the password for it, readable by this service alone."}
    )
    mail_from: str = field(
        default="",
        metadata={
            "help": "Address that e-mails come from. People may share a mailbox: choose one that gives nothing away."
        },
    )

    webhooks: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "Addresses of the platform's software that are told of decisions, actions wanted and clocks, each "
            "with https, separated by commas."
        },
    )
    webhook_private: bool = field(
        default=False,
        metadata={
            "help": "Let webhooks, and requests to witnesses, go to private addresses and over http too: for software "
            "in the desk's own network."
        },
    )
    witnesses: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "Desks that cosign this desk's log, so that it cannot show two faces: of each its witness key, a "
            "space, and its address (https://other.example/api/v1/witness), separated by commas."
        },
    )
    witnessed_logs: tuple[str, ...] = field(
        default=(),
        metadata={"help": "Keys of the logs of other desks that this desk cosigns (`argine log key` there)."},
    )

    @property
    def is_helpline(self) -> bool:
        return self.desk_kind == "helpline"

    @property
    def sends_anything(self) -> bool:
        return self.sends_mail or bool(self.webhooks) or bool(self.witnesses)

    @property
    def sends_mail(self) -> bool:
        return bool(self.smtp_host)

    @property
    def database(self) -> Path:
        return self.data / "argine.sqlite3"

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def local_only(self) -> bool:
        return urlsplit(self.base_url).hostname in {"127.0.0.1", "localhost", "::1"}

    @property
    def mfa_required(self) -> bool:
        return self.require_mfa == "always" or (self.require_mfa == "auto" and not self.local_only)


def variable(name: str) -> str:
    return f"ARGINE_{name.upper()}"


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
    _check_proxies(config)
    if config.sandbox not in SANDBOX_RULES:
        raise ConfigError(f"{variable('sandbox')} must be one of {', '.join(SANDBOX_RULES)}.")
    if config.desk_kind not in DESK_KINDS:
        raise ConfigError(f"{variable('desk_kind')} must be one of {', '.join(DESK_KINDS)}.")
    _check_mail(config)
    _check_addresses("webhooks", config.webhooks, config)
    _check_witnesses(config)
    return config


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
