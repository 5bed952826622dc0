"""What the public pages take. No field takes a file: of a picture only its signals come, as text."""

import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from argine.desk.cases.drafts import LONGEST_LINE, LONGEST_TEXT, MOST_PICTURES, TURNS, NoticeDraft, SupplementDraft
from argine.desk.cases.enums import Capacity, Mail, Nature
from argine.desk.core.errors import InvalidError
from argine.desk.exchange import queries as exchange
from argine.desk.intake import countries, law_texts, wording
from argine.matching.regions import RegionError, from_units
from argine.signals.errors import SignalError
from argine.signals.patch import Rectangle
from argine.signals.types import Signal, SignalType
from argine.signals.video import VideoSignal

MOST_SIGNALS_EACH = 8
LONGEST_SIGNALS = 1_600_000  # five films that are long and change much, or twenty pictures
YES, NO = "yes", "no"
DROPPED = str.maketrans("\t", " ", TURNS)
DAMAGED = (ValueError, TypeError, KeyError, AttributeError, RecursionError, SignalError, RegionError)


class Pictures(NamedTuple):
    """The signals of each picture, and the altered part of those of which one is marked, by position."""

    signals: list[list[Signal]]
    regions: dict[int, Rectangle]


def parse_pictures(text: str) -> Pictures:
    """Read what the page's script wrote: `[{"signals": [{"type", "value", "quality"}], "region": [four numbers]}]`.

    `region` may lack: left, top, right and bottom in ten-thousandths.

    Raises:
        One of DAMAGED: it is anything else.
    """
    pictures = json.loads(text or "[]")
    if not isinstance(pictures, list) or len(pictures) > MOST_PICTURES:
        raise ValueError("not a list of pictures, or too many")
    parts = {at: picture["region"] for at, picture in enumerate(pictures) if picture.get("region") is not None}
    signals = [_parse_signals(picture["signals"]) for picture in pictures]
    if any(signal.type is SignalType.VIDEO for at in parts for signal in signals[at]):
        raise ValueError("a part is marked in a film")
    return Pictures(signals, {at: from_units(part) for at, part in parts.items()})


def _parse_signals(rows: object) -> list[Signal]:
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_SIGNALS_EACH:
        raise ValueError("no signals, or too many")
    signals = [_parse_signal(row) for row in rows]
    if len({signal.type for signal in signals}) != len(signals):
        raise ValueError("two signals of one type")
    return signals


def _parse_signal(row: dict[str, object]) -> Signal:
    quality = row.get("quality")
    if quality is not None and type(quality) is not int:
        raise TypeError("the quality is a whole number")
    signal = Signal.parse(str(row["type"]), str(row["value"]), quality)
    if signal.type is SignalType.VIDEO:
        VideoSignal.from_bytes(signal.value)
    return signal


def parse_addresses(text: str) -> list[str]:
    """One address a line; a missing `https://` is added, a repeated line dropped."""
    lines = list(filter(None, (line.strip().strip(TURNS).strip() for line in text.splitlines())))
    return list(dict.fromkeys(line if "://" in line else f"https://{line}" for line in lines))


class LineField(forms.CharField):
    """One line. Phones put unseen signs of direction around a number that is copied: they are dropped."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - Django's own, handed on
        super().__init__(max_length=LONGEST_LINE, **kwargs)

    def to_python(self, value: object) -> str:
        return (super().to_python(value) or "").translate(DROPPED).strip()


class ReportForm(forms.Form):
    submission = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    under_18 = forms.ChoiceField(
        label=_("Was the person shown under 18 when the picture was taken?"),
        help_text=_("If it was made with a computer: does it show somebody under 18? If you are not sure, choose yes."),
        choices=[(NO, _("No, 18 or older")), (YES, _("Yes, under 18"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether the person shown was under 18.")},
    )
    signals = forms.CharField(
        label=_("Fingerprints of the pictures"),
        widget=forms.Textarea,
        required=False,
        max_length=LONGEST_SIGNALS,
    )
    addresses = forms.CharField(
        label=_("Addresses (links)"),
        help_text=_("One on each line. On most sites you find it under Share or Copy link."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "none"}),
        required=False,
        max_length=100_000,
    )
    where_hint = forms.CharField(
        label=_("How to find it"),
        help_text=_(
            "If there is no link: the name of the user, group or page, the date, or a few words that stand there."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=LONGEST_TEXT,
    )
    capacity = forms.ChoiceField(
        label=_("Who are you?"),
        choices=Capacity.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you are the person shown or act for them.")},
    )
    nature = forms.ChoiceField(
        label=_("What kind of picture is it?"),
        help_text=_("All of these count. A picture made with AI is treated like a real one."),
        choices=Nature.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what kind of picture it is. “I do not know” is an answer too.")},
    )
    no_consent = forms.BooleanField(
        label=_("It was shared, or somebody threatens to share it, without the consent of the person shown."),
        error_messages={
            "required": _("Tick it if there was no consent: this page is for pictures that were shared without it.")
        },
    )
    statement = forms.CharField(
        label=_("Anything that helps us understand"),
        help_text=_("Only if you want to. You do not have to tell your story."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=LONGEST_TEXT,
    )
    country = forms.ChoiceField(
        label=_("Country"), help_text=_("Where you live. It can tell which law helps you."), required=False
    )
    contact = LineField(
        label=_("E-mail or another way to reach you"),
        help_text=_("Without one your report still counts here, but some laws may call it incomplete."),
        required=False,
    )
    contact_note = LineField(
        label=_("How to contact you safely"),
        help_text=_("For example: only in the morning, or do not name the matter in the subject."),
        required=False,
    )
    mail = forms.ChoiceField(
        label=_("E-mails to you"),
        help_text=_("If you left an e-mail address. No subject line says what it is about. You can change this later."),
        choices=Mail.choices,
        widget=forms.RadioSelect,
        required=False,
        initial=Mail.NEWS,
    )
    share = forms.BooleanField(
        label=_(
            "Other platforms that work with this desk may have the fingerprints of my pictures too, so that they can "
            "keep copies out. They get no picture and nothing about me. I can change my mind at any time."
        ),
        required=False,
    )
    good_faith = forms.BooleanField(
        error_messages={"required": _("Tick that what you say is true to the best of your knowledge.")}
    )
    signature = LineField(
        label=_("Your name"),
        help_text=_("It counts as your signature. You may use another name than your legal one."),
        error_messages={"required": _("Type a name. It may be one you chose.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature, handed on
        self.fields["submission"].initial = secrets.token_urlsafe(24)
        self.fields["good_faith"].label = wording.good_faith()
        if not settings.CONFIG.sends_mail:
            del self.fields["mail"]
        if recipients := exchange.recipients():
            self.fields["share"].help_text = wording.recipients(recipients)
        else:
            del self.fields["share"]
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)  # noqa: S101  # tells the type checker what the class says
        country.choices = countries.choices()

    @property
    def says_under_18(self) -> bool:
        return self.data.get("under_18") == YES

    def clean_signals(self) -> Pictures:
        try:
            return parse_pictures(self.cleaned_data["signals"])
        except DAMAGED as error:
            raise forms.ValidationError(
                _("The fingerprints of the pictures are damaged. Choose the pictures once more.")
            ) from error

    def clean_addresses(self) -> list[str]:
        return parse_addresses(self.cleaned_data["addresses"])

    def clean(self) -> dict[str, object]:
        """Let the draft judge what only it knows: lengths, addresses, whether there is anything to look for."""
        cleaned = dict(self.cleaned_data)
        if not self.errors:
            try:
                self.draft().check()
            except InvalidError as refusal:
                self._add(refusal)
        return cleaned

    def _add(self, refusal: InvalidError) -> None:
        for name, text in refusal.fields.items():
            self.add_error(name if name in self.fields else None, text)

    def draft(self) -> NoticeDraft:
        said = self.cleaned_data
        return NoticeDraft(
            capacity=Capacity(said["capacity"]),
            nature=Nature(said["nature"]),
            no_consent=said["no_consent"],
            good_faith=said["good_faith"],
            language=get_language() or "en",
            country=said["country"],
            pictures=said["signals"].signals,
            regions=said["signals"].regions,
            addresses=said["addresses"],
            where_hint=said["where_hint"],
            statement=said["statement"],
            contact=said["contact"],
            contact_note=said["contact_note"],
            signature=said["signature"],
            declarations=wording.declarations(),
            mail=Mail(said.get("mail") or Mail.NONE),
        )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Case code"),
        help_text=_("Seven words. Capitals, spaces and hyphens do not matter."),
        max_length=200,
        widget=forms.TextInput(
            attrs={"class": "input--code", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Type your case code.")},
    )


class MessageForm(forms.Form):
    text = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write something first.")},
    )


class SuspensionForm(forms.Form):
    appeal = forms.CharField(
        label=_("Why it is wrong"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write something first.")},
    )


class MailForm(forms.Form):
    mail = forms.ChoiceField(
        label=_("What do you want to get by e-mail?"),
        choices=Mail.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )


class WithdrawForm(forms.Form):
    sure = forms.BooleanField(
        label=_("Yes, take my report back."),
        error_messages={"required": _("Tick that you want to take your report back.")},
    )


class UnderAgeForm(forms.Form):
    under_18 = forms.BooleanField(
        label=_("Yes, the person shown was under 18, or I am not sure."),
        error_messages={"required": _("Tick it if the person shown was under 18.")},
    )


class SupplementForm(forms.Form):
    """What lacks, and more addresses. A field that was filled in before is not asked again."""

    addresses = forms.CharField(
        label=_("More addresses (links)"),
        help_text=_("One on each line. For each the clock counts from when you add it."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
        required=False,
        max_length=100_000,
    )
    where_hint = forms.CharField(
        label=_("How to find it"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=LONGEST_TEXT
    )
    statement = forms.CharField(
        label=_("Anything that helps us understand"),
        help_text=_("Only if you want to. You do not have to tell your story."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=LONGEST_TEXT,
    )
    contact = LineField(label=_("E-mail or another way to reach you"), required=False)
    signature = LineField(
        label=_("Your name"),
        help_text=_("It counts as your signature. You may use another name than your legal one."),
        required=False,
    )

    def __init__(self, empty: Iterable[str], data: object = None) -> None:
        super().__init__(data, auto_id="more_%s")  # type: ignore[arg-type]  # Django's QueryDict
        for name in ("where_hint", "statement", "contact", "signature"):
            if name not in empty:
                del self.fields[name]

    def clean_addresses(self) -> list[str]:
        return parse_addresses(self.cleaned_data["addresses"])

    def take(self, refusal: InvalidError) -> None:
        for name, text in refusal.fields.items():
            self.add_error(name if name in self.fields else None, text)

    def draft(self) -> SupplementDraft:
        said = self.cleaned_data
        return SupplementDraft(**{name: said[name] for name in self.fields})


class ReferralForm(forms.Form):
    """When an authority received the person's report, on the clocks of that authority's country."""

    moment = forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Write day and time of your report."),
            "invalid": _("Write day and time, such as 2026-11-26 14:30."),
        },
    )

    def __init__(self, regime: str, data: object = None) -> None:
        super().__init__(data, auto_id=f"referral_{regime}_%s")  # type: ignore[arg-type]  # Django's QueryDict
        self.regime = regime
        self.fields["moment"].label = law_texts.referral_question(regime)
        self.fields["moment"].help_text = _("Day and time as the clocks there show it.")

    def reported_at(self) -> datetime:
        said: datetime = self.cleaned_data["moment"]
        return said.replace(tzinfo=law_texts.zone_of(self.regime)).astimezone(UTC)
