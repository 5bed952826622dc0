"""The settings that the console may set: their names, what they are for, and the fields to set them with."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from argine.desk import config
from argine.desk.configuration.enums import Section

LONGEST = 300
MOST = 10_000
WHOLE = 100

TITLES = {
    Section.PLATFORM: _("Platform"),
    Section.LAW: _("Laws"),
    Section.DECISIONS: _("Decisions and appeals"),
    Section.RETENTION: _("How long things are kept"),
    Section.MAIL: _("E-mail"),
    Section.WEBHOOKS: _("Webhooks"),
}
CHOICES = {
    "four_eyes": [
        ("off", _("One person decides")),
        ("removals", _("Two people decide removals")),
        ("all", _("Two people decide everything")),
    ],
    "smtp_security": [
        ("starttls", _("Encrypted (STARTTLS, port 587)")),
        ("tls", _("Encrypted from the first byte (TLS, port 465)")),
        ("none", _("Not at all: only for a server on this machine")),
    ],
}


def is_page(text: str) -> None:
    if not config.is_place(text, ("https", "http")):
        raise ValidationError(_t("Enter an address that begins with https:// or http://."))


def is_address(text: str) -> None:
    if not config.ADDRESS.fullmatch(text):
        raise ValidationError(_t("Enter one e-mail address, such as noreply@example.org."))


def are_percents(text: str) -> None:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() and 0 < int(part[:4]) < WHOLE for part in parts):
        raise ValidationError(_t("Enter whole numbers from 1 to 99, separated by commas."))


def has_no_comma(text: str) -> None:
    if "," in text:
        raise ValidationError(_t("Write one address a line, and %2C for a comma within one."))


def _text(label: str, hint: str = "", *checks: Callable[[str], None], needed: bool = False) -> forms.Field:
    missing = {"required": _t("This cannot be empty.")}
    return forms.CharField(
        label=label, help_text=hint, max_length=LONGEST, required=needed, validators=checks, error_messages=missing
    )


def _number(label: str, hint: str = "", least: int = 1, most: int = MOST) -> forms.Field:
    wrong = _t("Enter a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
    errors = dict.fromkeys(("invalid", "min_value", "max_value", "required"), wrong)
    return forms.IntegerField(label=label, help_text=hint, min_value=least, max_value=most, error_messages=errors)


def _yes(label: str, hint: str = "") -> forms.Field:
    return forms.BooleanField(label=label, help_text=hint, required=False)


def _choice(name: str, label: str, hint: str = "") -> forms.Field:
    return forms.ChoiceField(label=label, help_text=hint, choices=CHOICES[name])


def _lines(label: str, hint: str = "", *checks: Callable[[str], None]) -> forms.Field:
    area = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "none"})
    return forms.CharField(label=label, help_text=hint, required=False, max_length=4000, widget=area, validators=checks)


def _secret(label: str, hint: str = "") -> forms.Field:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, help_text=hint, required=False, max_length=LONGEST, strip=False, widget=widget)


FIELDS: dict[str, Callable[[], forms.Field]] = {
    "platform_name": lambda: _text(_t("Name"), _t("The name that people know the platform by."), needed=True),
    "platform_contact": lambda: _text(_t("Contact"), _t("Where people reach you: an e-mail address or a page.")),
    "exit_url": lambda: _text(
        _t("Where the quick exit leads"), _t("A neutral page that fits the country."), is_page, needed=True
    ),
    "four_eyes": lambda: _choice(
        "four_eyes",
        _t("How many people decide"),
        _t("Each votes without seeing the other's vote. Where they disagree a supervisor decides."),
    ),
    "same_person_appeals": lambda: _yes(
        _t("Who decided may also decide the appeal"), _t("For desks of one person. The log says so each time.")
    ),
    "appeal_months": lambda: _number(
        _t("Months to appeal"), _t("Longer where a law says so, as the EU's does of six."), most=120
    ),
    "appeal_hours": lambda: _number(_t("Hours to decide an appeal"), _t("What the desk promises.")),
    "expedited_appeal_hours": lambda: _number(
        _t("Hours for an appeal that goes first"), _t("For appeals that a law wants first, as the UK's does.")
    ),
    "warn_percent": lambda: _text(
        _t("When a clock warns"), _t("Percents of its time, separated by commas. Each is said once."), are_percents
    ),
    "claim_minutes": lambda: _number(_t("Minutes for which a taken case shows so to colleagues"), most=1440),
    "misuse_number": lambda: _number(
        _t("Unfounded reports that count as frequent"),
        _t("By one contact, each found to be manifestly unfounded. Nothing is automatic."),
        most=100,
    ),
    "misuse_months": lambda: _number(_t("Months in which they are counted"), most=120),
    "misuse_days": lambda: _number(_t("Longest suspension at once, in days"), most=3650),
    "purge": lambda: _yes(
        _t("Erase each day the records whose time is over"),
        _t("While this is off, nothing is erased until somebody runs “argine retention run”."),
    ),
    "keep_as_advised": lambda: _yes(
        _t("Keep the record of what was done as long as practitioners advise"),
        _t("No names, no texts. Where no law gives a period, as in the US."),
    ),
    "keep_more_months": lambda: _number(
        _t("Months to keep the file of a decided case longer than law and appeals ask"),
        _t("Names, texts, addresses. It needs a reason of your own, which your privacy notice names. 0: not longer."),
        least=0,
        most=120,
    ),
    "sighting_days": lambda: _number(
        _t("Days that a match keeps the platform's name and address of its copy"), most=3650
    ),
    "smtp_host": lambda: _text(_t("Mail server"), _t("Empty: this desk sends no e-mail.")),
    "smtp_port": lambda: _number(_t("Port"), most=65535),
    "smtp_security": lambda: _choice("smtp_security", _t("How the way to it is protected")),
    "smtp_user": lambda: _text(_t("Name to log in with"), _t("Empty, if the server asks for none.")),
    "smtp_password": lambda: _secret(
        _t("Password"), _t("Kept sealed, and shown to nobody. Empty: it stays as it is; it goes when the name goes.")
    ),
    "mail_from": lambda: _text(
        _t("Address that e-mails come from"),
        _t("People may share a mailbox: choose one that gives nothing away."),
        is_address,
    ),
    "webhooks": lambda: _lines(
        _t("Addresses of the platform's software"),
        _t("One a line, each with https. They are told of decisions, actions wanted and clocks."),
        has_no_comma,
    ),
}
