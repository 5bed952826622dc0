"""A stored message as an e-mail: plain text, marked as sent by a machine."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings

from argine.desk.notify.models import Outgoing


def message_id(message: Outgoing) -> str:
    """The same at each try, so that a mailbox that gets it twice can tell."""
    return f"<{message.id}@{settings.CONFIG.mail_from.rpartition('@')[2]}>"


def render(message: Outgoing) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = settings.CONFIG.mail_from
    mail["To"] = message.address
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message_id(message)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(message.body, cte="quoted-printable")
    mail["Content-Language"] = message.language
    return mail
