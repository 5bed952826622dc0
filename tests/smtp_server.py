"""A real mail server, small: it speaks SMTP over a socket, with STARTTLS, TLS and log-in, and keeps what it takes."""

import base64
import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass
class Mailbox:
    """What the server was given, and how it is to behave.

    `answers`: by command, a line to answer with instead. `drop_at`: hang up at a command, or at `TEXT` (all of it
    came, no answer is given). `user`: who has to log in, as (name, password).
    """

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    drop_at: str = ""
    user: tuple[str, str] | None = None
    tls: ssl.SSLContext | None = None
    tls_first: bool = False
    offers_starttls: bool = True


class HangupError(Exception):
    pass


class Session(socketserver.StreamRequestHandler):
    box: Mailbox

    def handle(self) -> None:
        self.secure, self.logged_in, self.rcpt = False, False, ""
        with contextlib.suppress(HangupError, ConnectionError, ssl.SSLError):
            if self.box.tls_first:
                self._encrypt()
            self._say("220 mail.example ready")
            while line := self.rfile.readline():
                self._do(line.decode("ascii").rstrip("\r\n"))

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()

    def _encrypt(self) -> None:
        assert self.box.tls is not None
        self.rfile.close()
        self.wfile.close()
        self.connection = self.box.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.secure = True

    def _do(self, line: str) -> None:
        verb = line.split(" ", maxsplit=1)[0].upper()
        self.box.commands.append(verb)
        if self.box.drop_at == verb:
            raise HangupError
        if verb in self.box.answers:
            self._say(self.box.answers[verb])
        else:
            getattr(self, f"do_{verb.lower()}", self.do_unknown)(line)

    def do_unknown(self, line: str) -> None:
        self._say("502 not known")

    def do_ehlo(self, line: str) -> None:
        offers = ["mail.example"]
        if self.box.tls is not None and self.box.offers_starttls and not self.secure:
            offers.append("STARTTLS")
        if self.box.user is not None:
            offers.append("AUTH PLAIN")
        for offer in offers[:-1]:
            self._say(f"250-{offer}")
        self._say(f"250 {offers[-1]}")

    def do_starttls(self, line: str) -> None:
        self._say("220 go on")
        self._encrypt()

    def do_auth(self, line: str) -> None:
        _, name, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
        self.logged_in = (name, password) == self.box.user
        self._say("235 welcome" if self.logged_in else "535 wrong name or password")

    def do_mail(self, line: str) -> None:
        self._say("530 log in first" if self.box.user and not self.logged_in else "250 fine")

    def do_rcpt(self, line: str) -> None:
        self.rcpt = line.partition("<")[2].partition(">")[0]
        self._say("550 nobody here by that name" if self.rcpt in self.box.refused else "250 fine")

    def do_data(self, line: str) -> None:
        self._say("354 go on")
        text = b""
        while (part := self.rfile.readline()) not in {b".\r\n", b""}:
            text += part[1:] if part.startswith(b"..") else part
        if not part:
            raise HangupError  # the other side is gone in the middle of it
        if self.box.drop_at == "TEXT":
            raise HangupError
        if "TEXT" in self.box.answers:
            self._say(self.box.answers["TEXT"])
            return
        message = message_from_bytes(text, policy=SMTP)
        assert isinstance(message, EmailMessage)
        self.box.taken.append(message)
        self.box.to.append(self.rcpt)
        self.box.encrypted.append(self.secure)
        self._say("250 taken")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextlib.contextmanager
def serving(box: Mailbox, port: int = 0) -> Iterator[Mailbox]:
    """Let a mail server run on this machine, on any free port unless one is given."""
    handler = type("OneSession", (Session,), {"box": box})
    with Server(("127.0.0.1", port), handler) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()


def certificate(folder: Path, name: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """A certificate of one's own for a name: the server's context, and the file that a client has to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, secret = folder / "certificate.pem", folder / "key.pem"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, secret)
    return context, shown
