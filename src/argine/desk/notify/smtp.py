"""Handing one e-mail to the operator's mail server.

The message is given in two parts, so that what is not known stays small: everything up to the server's "go on" (354)
has certainly not been taken, and may be tried again; from the first byte of the text until the answer it may have been.
"""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from django.conf import settings

from argine.desk.config import Config
from argine.desk.notify.enums import Problem
from argine.desk.notify.errors import NotTakenError, UnsureError

TIMEOUT_S = 20.0
GO_ON = 354
OK = 250
PERMANENT = 500
LINE_THAT_BEGINS_WITH_A_DOT = re.compile(rb"(?m)^\.")


def hand_over(message: EmailMessage, to: str, *, before_text: Callable[[], None]) -> None:
    """Give a message to the mail server. `before_text` is called when the server may take it from then on.

    Raises:
        NotTakenError: it was certainly not taken; `problem` says why.
        UnsureError: it may have been taken.
    """
    config: Config = settings.CONFIG
    server = _connect(config)
    try:
        _envelope(server, config.mail_from, to)
        before_text()
        _text(server, message.as_bytes(policy=SMTP))
    finally:
        server.close()


def _connect(config: Config) -> smtplib.SMTP:
    """Open the way to the server, protected and logged in as the settings say; nothing stays open if that fails."""
    with contextlib.ExitStack() as opened:
        try:
            server = _open(config)
            opened.callback(server.close)
            _prove(server, config)
        except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
            raise NotTakenError(Problem.INSECURE) from error
        except (smtplib.SMTPAuthenticationError, UnicodeError, FileNotFoundError, PermissionError) as error:
            raise NotTakenError(Problem.LOGIN) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotTakenError(Problem.UNREACHABLE) from error
        opened.pop_all()
    return server


def _open(config: Config) -> smtplib.SMTP:
    place = (config.smtp_host, config.smtp_port)
    # How the desk greets: by the name it writes from, not by that of the machine it runs on.
    name = config.mail_from.rpartition("@")[2]
    if config.smtp_security == "tls":
        return smtplib.SMTP_SSL(*place, name, timeout=TIMEOUT_S, context=_trust(config))
    return smtplib.SMTP(*place, name, timeout=TIMEOUT_S)


def _prove(server: smtplib.SMTP, config: Config) -> None:
    if config.smtp_security == "starttls":
        server.starttls(context=_trust(config))
    if config.smtp_user:
        server.login(config.smtp_user, _password(config))


def _password(config: Config) -> str:
    if not config.smtp_password_file:
        return config.smtp_password
    return Path(config.smtp_password_file).read_text("utf-8").strip()


def _trust(config: Config) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=config.smtp_ca_file or None)


def _envelope(server: smtplib.SMTP, sender: str, to: str) -> None:
    try:
        server.ehlo_or_helo_if_needed()
        _expect(server.mail(sender), Problem.SENDER)
        _expect(server.rcpt(to), Problem.RECIPIENT)
        _expect(server.docmd("DATA"), Problem.CONTENT, GO_ON)
    except (smtplib.SMTPException, OSError) as error:
        raise NotTakenError(Problem.UNREACHABLE) from error


def _text(server: smtplib.SMTP, text: bytes) -> None:
    """Send the text, lines that begin with a dot doubled (RFC 5321, section 4.5.2), and read the answer."""
    try:
        server.send(LINE_THAT_BEGINS_WITH_A_DOT.sub(b"..", text) + b".\r\n")
        answer = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise UnsureError from error
    _expect(answer, Problem.CONTENT)


def _expect(answer: tuple[int, bytes], problem: Problem, code: int = OK) -> None:
    """Tell a "not now" (4xx) from a "never" (5xx). What else a server may say, such as 251, is a yes."""
    if answer[0] >= PERMANENT:
        raise NotTakenError(problem)
    is_yes = answer[0] == code if code == GO_ON else answer[0] // 100 == OK // 100
    if not is_yes:
        raise NotTakenError(Problem.LATER)
