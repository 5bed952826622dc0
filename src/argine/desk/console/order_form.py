"""What staff write down of an authority's order."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from argine.desk.cases.drafts import LONGEST_LINE, MOST_PICTURES, OrderDraft
from argine.desk.cases.duties import order_regimes
from argine.law.terms import Issuer, Measure
from argine.signals.errors import SignalError
from argine.signals.types import Signal

ISSUERS = {
    Issuer.REGULATOR: _("A regulator or data protection authority"),
    Issuer.COURT: _("A court"),
    Issuer.TRIBUNAL: _("A tribunal"),
    Issuer.PROSECUTOR: _("A prosecutor"),
    Issuer.GOVERNMENT: _("A government office"),
    Issuer.COMPETENT_AUTHORITY: _("Another authority that the law names"),
}
MEASURES = {
    Measure.REMOVE: _("Remove"),
    Measure.DISABLE_ACCESS: _("Make inaccessible"),
    Measure.DELETE: _("Delete"),
    Measure.DEINDEX: _("Take out of search results"),
}


def moment(*, required: bool, label: object, help_text: object = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        required=required,
        label=label,  # type: ignore[arg-type]  # a lazy text
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Write day and time, in UTC."),
            "invalid": _("Write day and time, such as 2026-11-26 14:30."),
        },
    )


def read_signals(text: str) -> Iterator[list[Signal]]:
    """Read one hash a line, its type first: `sha256 9f86…`.

    Raises:
        SignalError: a line is anything else.
    """
    for line in filter(None, (line.strip() for line in text.splitlines())):
        kind, _space, value = line.replace(":", " ").partition(" ")
        yield [Signal.parse(kind.lower(), value.strip())]


class OrderForm(forms.Form):
    regime = forms.ChoiceField(label=_("Law"), error_messages={"required": _("Choose a law.")})
    issuer = forms.ChoiceField(
        label=_("What kind of authority?"),
        choices=ISSUERS.items(),
        error_messages={"required": _("Say what kind of authority it is.")},
    )
    authority = forms.CharField(
        label=_("Who gives the order"),
        help_text=_("Its full name. Check by its own known address or number that the order comes from it."),
        max_length=LONGEST_LINE,
        error_messages={"required": _("Write who gives the order.")},
    )
    reference = forms.CharField(label=_("Its number or name there"), required=False, max_length=LONGEST_LINE)
    legal_basis = forms.CharField(label=_("Under which article"), required=False, max_length=LONGEST_LINE)
    measure = forms.ChoiceField(
        label=_("What is to be done"), required=False, choices=[("", _("It does not say")), *MEASURES.items()]
    )
    received_at = moment(required=True, label=_("Received (UTC)"))
    given_at = moment(required=False, label=_("Given (UTC)"))
    due_at = moment(required=False, label=_("Due, if the order says when (UTC)"))
    addresses = forms.CharField(
        label=_("Addresses"), required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    signals = forms.CharField(
        label=_("Hashes"),
        help_text=_("One on each line, its type first: sha256, md5 or pdq, then the digits."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    under_18 = forms.BooleanField(label=_("The person shown is under 18"), required=False)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # Django's QueryDict
        language = get_language() or "en"
        regime = self.fields["regime"]
        assert isinstance(regime, forms.ChoiceField)  # noqa: S101  # tells the type checker what the class says
        regime.choices = [(law.id, law.title.in_language(language)) for law in order_regimes().values()]

    def clean_addresses(self) -> list[str]:
        lines = (line.strip() for line in str(self.cleaned_data["addresses"]).splitlines())
        return list(dict.fromkeys(filter(None, lines)))

    def clean_signals(self) -> list[list[Signal]]:
        try:
            found = list(read_signals(self.cleaned_data["signals"]))
        except SignalError as error:
            raise forms.ValidationError(_t("A line is no hash: %(why)s") % {"why": error}) from error
        if len(found) > MOST_PICTURES:
            raise forms.ValidationError(_t("At most %(count)d hashes.") % {"count": MOST_PICTURES})
        return found

    def draft(self) -> OrderDraft:
        said = self.cleaned_data
        return OrderDraft(
            regime=said["regime"],
            issuer=Issuer(said["issuer"]),
            authority=said["authority"],
            received_at=_utc(said["received_at"]),
            reference=said["reference"],
            legal_basis=said["legal_basis"],
            measure=Measure(said["measure"]) if said["measure"] else None,
            given_at=_utc(said["given_at"]) if said["given_at"] else None,
            due_at=_utc(said["due_at"]) if said["due_at"] else None,
            addresses=said["addresses"],
            pictures=said["signals"],
            under_18=said["under_18"],
        )


class ExtendForm(forms.Form):
    until = moment(required=True, label=_("New time (UTC)"))

    def moment(self) -> datetime:
        return _utc(self.cleaned_data["until"])


class PreserveForm(forms.Form):
    reference = forms.CharField(
        label=_("Number of the report"),
        max_length=LONGEST_LINE,
        error_messages={"required": _("Write the number of the report.")},
    )
    reported_at = moment(required=True, label=_("Reported (UTC)"))

    def moment(self) -> datetime:
        return _utc(self.cleaned_data["reported_at"])


def _utc(said: datetime) -> datetime:
    return said.astimezone(UTC)
