"""What the operator may set.

Each setting is one field that says what it is for. `docs/reference/settings.md` is made from this table.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from argine.desk.config_rules import FACES, PRIVATE_NETWORKS

DEFAULT_REGIMES = ("us-tida-s3", "uk-osa-10-3a", "eu-dsa-16", "it-144bis")


def option(default: Any, what: str, *, least: int = 1, shown: bool = True) -> Any:  # noqa: ANN401 - of its field's type
    """One setting.

    Args:
        default: what holds where the operator says nothing.
        what: what it is for, in a sentence or two.
        least: of a number, the least that it may be.
        shown: whether the value may stand in what is printed of the settings.
    """
    return field(default=default, repr=shown, metadata={"help": what, "least": least})


@dataclass(frozen=True, slots=True)
class Config:
    data: Path = option(Path("data"), "Folder of the database and the keys.")
    database_url: str = option(
        "",
        "A PostgreSQL database in place of the folder's own, for more than one machine: "
        "postgresql://user@host/name, without a password.",
    )
    database_password_file: str = option("", "File with the password for that database.")
    key_wrap_command: str = option("", "Program that wraps keys before they are written: standard input to output.")
    key_unwrap_command: str = option("", "Program that opens wrapped keys again, each once in each process.")
    node: str = option("", "Name of this machine among several over one database; its host name by default.")
    base_url: str = option(
        "http://127.0.0.1:8000",
        "The address people use, seen from outside. With https, cookies are sent over https only.",
    )
    hosts: tuple[str, ...] = option((), "More host names that the desk answers to, separated by commas.")
    trust_proxy: bool = option(
        False,
        "Believe X-Forwarded-For and X-Forwarded-Proto: only behind a proxy that sets them itself.",
    )
    trusted_proxies: tuple[str, ...] = option(
        PRIVATE_NETWORKS,
        "Where such a proxy connects from: addresses or networks. What others say in X-Forwarded-For is not believed.",
    )
    log_format: str = option(
        "plain",
        "How the service writes what goes wrong to standard error: plain, or json (one object a line, for "
        "programs). Neither holds what people sent.",
    )
    flood_uploads: int = option(25, "How many uploads one bank entry may match in 24 hours before staff are asked.")
    key_per_minute: int = option(
        60_000,
        "How many requests a minute one platform key may make, in each web process; more are told to wait. "
        "Lower it where a platform is not to try hashes out.",
    )
    faces: tuple[str, ...] = option(FACES, "Which faces this process serves: intake, console, api, hma, feeds.")
    platform_name: str = option("this platform", "The name that people know the platform by.")
    platform_contact: str = option("", "Where people reach the operator: an e-mail address or a page.")
    regimes: tuple[str, ...] = option(DEFAULT_REGIMES, "The legal regimes whose clocks run, separated by commas.")
    accept_unverified: tuple[str, ...] = option(
        (),
        "Regimes with an unverified source (marks V3, M) whose clock the operator accepts all the same.",
    )
    appeal_months: int = option(
        6,
        "Months for which a decision can be appealed; longer where a law says so, as the EU's does of 6.",
    )
    appeal_hours: int = option(168, "Hours within which the desk promises to decide an appeal.")
    expedited_appeal_hours: int = option(48, "The same for appeals that a law wants first, as the UK's does.")
    same_person_appeals: bool = option(
        False,
        "Let the person who decided also decide the appeal: for desks of one person. The log says so each time.",
    )
    four_eyes: str = option(
        "off",
        "Which decisions two people take, each without seeing the other's vote: off, removals or all. Where "
        "they disagree a supervisor decides.",
    )
    warn_percent: tuple[str, ...] = option(
        ("50", "80", "95"),
        "When a clock warns: percents of its time, separated by commas. Each is said once.",
    )
    claim_minutes: int = option(30, "Minutes for which a case that somebody has taken shows so to colleagues.")
    purge: bool = option(
        True,
        "Erase, each day, the records whose time is over. While it is off, `argine retention run` does it.",
    )
    keep_as_advised: bool = option(
        True,
        "Keep the record of what was done (no names, no texts) as long as practitioners advise where no law "
        "gives a period, as in the US.",
    )
    keep_more_months: int = option(
        0,
        "Months for which the file of a decided case (names, texts, addresses) stays beyond what law and "
        "appeals ask. It needs a reason of your own, which your privacy notice names; 0 keeps nothing longer.",
        least=0,
    )
    misuse_number: int = option(
        3,
        "How many reports by one contact, found to be manifestly unfounded, count as frequent: then a warning "
        "may be sent, and after one more a supervisor may suspend (DSA Article 23). Nothing is automatic.",
    )
    misuse_months: int = option(12, "Months in which such reports are counted, and for which they are remembered.")
    misuse_days: int = option(30, "The longest time, in days, for which processing may be suspended at once.")
    exit_url: str = option(
        "https://www.bbc.com/weather",
        "Where the quick exit leads: a neutral page that fits the country.",
    )
    require_mfa: str = option(
        "auto",
        "Whether staff need a second factor: always, never, or auto (needed unless the desk is only reachable "
        "from its own machine).",
    )
    breached_passwords_file: str = option(
        "",
        "File of passwords known from breaches: their SHA-1, sorted, one a line, as Have I Been Pwned's downloader "
        "writes it. A password that is in it is refused.",
    )
    max_upload_mib: int = option(64, "Largest file that an upload check takes, in MiB.")
    max_pixels_million: int = option(64, "Largest picture that an upload check decodes, in millions of pixels.")
    max_frames: int = option(
        16,
        "Most frames of an animation that an upload check compares, the first included. Frames that look like "
        "one of them count for nothing. 1 looks at the first frame alone.",
    )
    max_animation_pixels_million: int = option(
        128,
        "Most pixels that an upload check decodes of all further frames of an animation together, in millions; "
        "the frames behind are left out, and the answer says how many.",
    )
    max_film_mib: int = option(256, "Largest film that an upload check takes, in MiB.")
    max_film_minutes: int = option(240, "Longest film that an upload check looks at, in minutes.")
    max_film_pixels_million: int = option(
        9,
        "Largest frame of a film that an upload check decodes, in millions of pixels; 9 is what 4K has.",
    )
    film_processes: int = option(
        1,
        "How many processes each web process may start to decode and hash films, beside those for pictures.",
    )
    film_seconds: int = option(120, "Seconds that one film may take to decode and hash before it is refused.")
    sandbox: str = option(
        "auto",
        "How far the process that decodes pictures is confined: auto (as far as this machine can), full (refuse "
        "to decode where Landlock or seccomp is missing), or off (decode in the web process: never with "
        "strangers' pictures).",
    )
    hash_processes: int = option(2, "How many processes each web process may start to decode and hash pictures.")
    hash_seconds: int = option(20, "Seconds that one picture may take to decode and hash before it is refused.")
    fetch_hosts: tuple[str, ...] = option(
        (),
        "Hosts that the HMA-compatible API may fetch pictures from by their address, separated by commas. None: "
        "it refuses addresses.",
    )
    fetch_private: bool = option(
        False,
        "Let it fetch from private addresses and over http too: for a store in the desk's network.",
    )
    exchange_private: bool = option(
        False,
        "Let partners be at private addresses and over http too: for desks in one network.",
    )
    sighting_days: int = option(180, "Days that a match keeps the platform's name and address of its copy.")

    desk_kind: str = option(
        "platform",
        "What this desk is: platform (decides on its own uploads) or helpline (works for people, and writes to "
        "other platforms).",
    )
    smtp_host: str = option("", "The mail server that takes outgoing mail. Empty: this desk sends no e-mail.")
    smtp_port: int = option(587, "Its port: 587 with starttls, 465 with tls.")
    smtp_security: str = option(
        "starttls",
        "How the way to the mail server is protected: starttls, tls (from the first byte), or none (only for a "
        "server on this machine).",
    )
    smtp_ca_file: str = option(
        "",
        "File of certificates to trust instead of the system's, for a server of one's own authority.",
    )
    smtp_user: str = option("", "Name to log in to the mail server with, if it asks.")
    smtp_password_file: str = option("", "File that holds the password for it, readable by this service alone.")
    smtp_password: str = option(
        "",
        "The password itself: for the console, which seals it. In the environment, name the file.",
        shown=False,
    )
    mail_from: str = option(
        "",
        "Address that e-mails come from. People may share a mailbox: choose one that gives nothing away.",
    )

    webhooks: tuple[str, ...] = option(
        (),
        "Addresses of the platform's software that are told of decisions, actions wanted and clocks, each with "
        "https, separated by commas.",
    )
    webhook_private: bool = option(
        False,
        "Let webhooks, and requests to witnesses, go to private addresses and over http too: for software in "
        "the desk's own network.",
    )
    witnesses: tuple[str, ...] = option(
        (),
        "Desks that cosign this desk's log, so that it cannot show two faces: of each its witness key, a space, "
        "and its address (https://other.example/api/v1/witness), separated by commas.",
    )
    witnessed_logs: tuple[str, ...] = option(
        (),
        "Keys of the logs of other desks that this desk cosigns (`argine log key` there).",
    )
    evidence_hosts: tuple[str, ...] = option(
        (),
        "Hosts whose reported pages the desk may look at when a reviewer asks: names such as forum.example, "
        "*.forum.example for all below it, * for any public one, each with :port if it is not the usual one. "
        "Empty: none, the desk looks at nothing.",
    )
    evidence_media: bool = option(
        False,
        "For the record of a page, load the media that lie on its own host, to write down their SHA-256 and "
        "drop them. Ask a lawyer first: loading may be unlawful where a picture might show somebody under 18.",
    )
    watch: bool = option(
        False,
        "Look again, now and then, at the addresses of each case that was closed as removed, as far as "
        "ARGINE_EVIDENCE_HOSTS allows, and ask the registries again about its hosts if ARGINE_DOMAIN_LOOKUPS is "
        "on. Off: a reviewer starts it where it is wanted.",
    )
    watch_days: int = option(180, "Days after which looking again ends by itself.")
    domain_lookups: bool = option(
        False,
        "Let staff ask the public registries (RDAP) who runs the host of a reported address, and where abuse is "
        "told. The registries then see which host the desk asks about.",
    )
    copy_place: str = option(
        "",
        "Where the platform's own store hands out a picture by its id, with {id} in it, such as "
        "https://store.internal/pictures/{id}: the only place that the desk takes a picture from. It may lie in "
        "the desk's own network. Empty: the desk takes none.",
    )
    copy_pages: str = option(
        "",
        "How the public address of a picture is made, with {id} in it, so that the id is read from a reported "
        "address: https://forum.example/media/{id}. The address itself is never asked for.",
    )
    copy_token_file: str = option("", "File with what the store asks for: it is sent as Authorization: Bearer.")
    preview: bool = option(
        False,
        "Let reviewers look at the platform's own copy in the console: small, grey and blurred until they ask "
        "for more. Each look is logged and counted.",
    )
    preview_per_day: int = option(40, "Most looks of one person on one day.")
    preview_break: int = option(10, "After how many looks a break is advised.")
    timestamp_url: str = option(
        "",
        "Address of a time-stamping authority (RFC 3161) that stamps each record of a page, if any.",
    )
    timestamp_ca_file: str = option(
        "",
        "File with the certificate of the root that the authority's stamps are verified by (PEM).",
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
    def moved(self) -> Path:
        return self.data / "argine.sqlite3.moved"

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def local_only(self) -> bool:
        return urlsplit(self.base_url).hostname in {"127.0.0.1", "localhost", "::1"}

    @property
    def mfa_required(self) -> bool:
        return self.require_mfa == "always" or (self.require_mfa == "auto" and not self.local_only)
