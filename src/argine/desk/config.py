"""What the operator may set.

Each setting is one field; its metadata says what it is for. `docs/reference/settings.md` is made from this table.
"""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from argine.desk.config_rules import FACES, PRIVATE_NETWORKS
from argine.desk.core.key_commands import Commands

DEFAULT_REGIMES = ("us-tida-s3", "uk-osa-10-3a", "eu-dsa-16", "it-144bis")


@dataclass(frozen=True, slots=True)
class Config:
    data: Path = field(default=Path("data"), metadata={"help": "Folder of the database and the keys."})
    database_url: str = field(
        default="",
        metadata={
            "help": "A PostgreSQL database in place of the folder's own, for more than one machine: postgresql://"
            "user@host/name, without a password."
        },
    )
    database_password_file: str = field(default="", metadata={"help": "File with the password for that database."})
    key_wrap_command: str = field(
        default="",
        metadata={
            "help": "Program that wraps the desk's keys before they are written, such as a KMS's client: it reads the "
            "key on standard input and writes what is kept. No shell is used."
        },
    )
    key_unwrap_command: str = field(
        default="", metadata={"help": "Program that opens wrapped keys again, each once in each process."}
    )
    node: str = field(
        default="",
        metadata={"help": "Name of this machine among several over one database; its host name by default."},
    )
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
    log_format: str = field(
        default="plain",
        metadata={
            "help": "How the service writes what goes wrong to standard error: plain, or json (one object a line, for "
            "programs). Neither holds what people sent."
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
        default=FACES, metadata={"help": "Which faces this process serves: intake, console, api, hma, feeds."}
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
    keep_more_months: int = field(
        default=0,
        metadata={
            "help": "Months for which the file of a decided case (names, texts, addresses) stays beyond what law and "
            "appeals ask. It needs a reason of your own, which your privacy notice names; 0 keeps nothing longer.",
            "least": 0,
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
    max_film_mib: int = field(default=256, metadata={"help": "Largest film that an upload check takes, in MiB."})
    max_film_minutes: int = field(
        default=240, metadata={"help": "Longest film that an upload check looks at, in minutes."}
    )
    max_film_pixels_million: int = field(
        default=9,
        metadata={
            "help": "Largest frame of a film that an upload check decodes, in millions of pixels; 9 is what 4K has."
        },
    )
    film_processes: int = field(
        default=1,
        metadata={
            "help": "How many processes each web process may start to decode and hash films, beside those for pictures."
        },
    )
    film_seconds: int = field(
        default=120, metadata={"help": "Seconds that one film may take to decode and hash before it is refused."}
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
    fetch_hosts: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "Hosts that the HMA-compatible API may fetch pictures from by their address, separated by commas. "
            "None: it refuses addresses."
        },
    )
    fetch_private: bool = field(
        default=False,
        metadata={"help": "Let it fetch from private addresses and over http too: for a store in the desk's network."},
    )
    exchange_private: bool = field(
        default=False,
        metadata={"help": "Let partners be at private addresses and over http too: for desks in one network."},
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
    smtp_password: str = field(
        default="",
        repr=False,
        metadata={"help": "The password itself: for the console, which seals it. In the environment, name the file."},
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
    evidence_hosts: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "Hosts whose reported pages the desk may look at when a reviewer asks: names such as "
            "forum.example, *.forum.example for all below it, * for any public one, each with :port if it is not the "
            "usual one. Empty: none, the desk looks at nothing."
        },
    )
    evidence_media: bool = field(
        default=False,
        metadata={
            "help": "For the record of a page, load the media that lie on its own host, to write down their SHA-256 "
            "and drop them. Ask a lawyer first: loading may be unlawful where a picture might show somebody under 18."
        },
    )
    watch: bool = field(
        default=False,
        metadata={
            "help": "Look again, now and then, at the addresses of each case that was closed as removed, as far as "
            "ARGINE_EVIDENCE_HOSTS allows, and ask the registries again about its hosts if ARGINE_DOMAIN_LOOKUPS is "
            "on. Off: a reviewer starts it where it is wanted."
        },
    )
    watch_days: int = field(default=180, metadata={"help": "Days after which looking again ends by itself."})
    domain_lookups: bool = field(
        default=False,
        metadata={
            "help": "Let staff ask the public registries (RDAP) who runs the host of a reported address, and where "
            "abuse is told. The registries then see which host the desk asks about."
        },
    )
    copy_place: str = field(
        default="",
        metadata={
            "help": "Where the platform's own store hands out a picture by its id, with {id} in it, such as "
            "https://store.internal/pictures/{id}: the only place that the desk takes a picture from. It may lie in "
            "the desk's own network. Empty: the desk takes none."
        },
    )
    copy_pages: str = field(
        default="",
        metadata={
            "help": "How the public address of a picture is made, with {id} in it, so that the id is read from a "
            "reported address: https://forum.example/media/{id}. The address itself is never asked for."
        },
    )
    copy_token_file: str = field(
        default="",
        metadata={"help": "File with what the store asks for: it is sent as Authorization: Bearer."},
    )
    preview: bool = field(
        default=False,
        metadata={
            "help": "Let reviewers look at the platform's own copy in the console: small, grey and blurred until they "
            "ask for more. Each look is logged and counted."
        },
    )
    preview_per_day: int = field(default=40, metadata={"help": "Most looks of one person on one day."})
    preview_break: int = field(default=10, metadata={"help": "After how many looks a break is advised."})
    timestamp_url: str = field(
        default="",
        metadata={"help": "Address of a time-stamping authority (RFC 3161) that stamps each record of a page, if any."},
    )
    timestamp_ca_file: str = field(
        default="",
        metadata={"help": "File with the certificate of the root that the authority's stamps are verified by (PEM)."},
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
    def key_commands(self) -> Commands:
        return Commands(self.key_wrap_command, self.key_unwrap_command)

    @property
    def local_only(self) -> bool:
        return urlsplit(self.base_url).hostname in {"127.0.0.1", "localhost", "::1"}

    @property
    def mfa_required(self) -> bool:
        return self.require_mfa == "always" or (self.require_mfa == "auto" and not self.local_only)
