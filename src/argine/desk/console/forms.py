"""What the console takes. Forms say what is wrong in a sentence; the operations judge again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from argine.desk.banks.models import Sighting
from argine.desk.cases import policies
from argine.desk.cases.drafts import LONGEST_REASONS, LONGEST_TEXT, DecisionDraft, VerdictDraft
from argine.desk.cases.enums import GROUNDS, ORDER_GROUNDS, Basis, CaseKind, Ground, Outcome
from argine.desk.cases.models import Address, Appeal, Case, Decision
from argine.desk.console.access import refusal
from argine.desk.core import time
from argine.desk.core.errors import InvalidError
from argine.desk.exchange.enums import Shape
from argine.desk.people.enums import GIVEN, Role
from argine.desk.people.policies import check_last_day

NAME_LENGTH = 80
YES = "yes"
STANDS = "stands"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a question; `refusal` says why it cannot be chosen now."""

    value: str
    label: str
    is_chosen: bool
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class OptionGroup:
    label: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a decision may rest on: what the case holds at this moment."""

    addresses: Sequence[Address]
    sightings: Sequence[Sighting]
    pictures: Sequence[UUID]


def outcome_of(ground: Ground) -> Outcome:
    return Outcome.REMOVE if ground in GROUNDS[Outcome.REMOVE] else Outcome.KEEP


class DecisionForm(forms.Form):
    """One choice, the ground, says both what is decided and why."""

    ground = forms.ChoiceField(
        label=_("Decision and its ground"),
        choices=Ground.choices,
        error_messages={"required": _("Choose what you decide, and why.")},
    )
    basis = forms.ChoiceField(
        label=_("What have you seen?"),
        choices=Basis.choices,
        error_messages={"required": _("Say what you have seen: it is kept with the decision.")},
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("In plain words: the person who reported reads them. Name nobody."),
        max_length=LONGEST_REASONS,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Give your reasons: the person who reported reads them.")},
    )
    covers = forms.TypedMultipleChoiceField(coerce=UUID, required=False)
    confirmed = forms.CharField(required=False)

    def __init__(self, case: Case, seen: Seen, data: object = None, *, current: Decision | None = None) -> None:
        """With `current` the form overrides the decision that stands."""
        super().__init__(data)  # type: ignore[arg-type]  # Django's QueryDict
        self.case, self.seen, self.current = case, seen, current
        covers = self.fields["covers"]
        assert isinstance(covers, forms.TypedMultipleChoiceField)  # noqa: S101  # tells the type checker what the class says
        covers.choices = [(str(picture), str(picture)) for picture in seen.pictures]

    @property
    def is_confirmed(self) -> bool:
        return bool(self.cleaned_data["confirmed"] == YES)

    @property
    def is_order(self) -> bool:
        return self.case.kind == CaseKind.ORDER

    def ground_groups(self) -> list[OptionGroup]:
        chosen = self["ground"].value()
        return [
            OptionGroup(
                str(outcome.label),
                [
                    Option(ground.value, str(ground.label), ground.value == chosen, self._why_not(outcome))
                    for ground in Ground
                    if ground in GROUNDS[outcome] and (ground in ORDER_GROUNDS) == self.is_order
                ],
            )
            for outcome in Outcome
        ]

    def _why_not(self, outcome: Outcome) -> str:
        if self.current is None:
            return ""
        return refusal(lambda: policies.check_override(self.case, outcome, self.current))

    def basis_options(self) -> list[Option]:
        chosen = self["basis"].value()
        return [
            self._basis_option(basis, is_chosen=basis.value == chosen)
            for basis in Basis
            if (basis == Basis.ORDER) == self.is_order
        ]

    def _basis_option(self, basis: Basis, *, is_chosen: bool) -> Option:
        why_not = refusal(lambda: policies.check_basis(basis, self.seen.addresses, self.seen.sightings))
        return Option(basis.value, str(basis.label), is_chosen and not why_not, why_not)

    @property
    def covered(self) -> set[str]:
        """The pictures that are ticked: all, until the form was sent."""
        if isinstance(self.data, QueryDict):
            return {str(picture) for picture in self.data.getlist("covers")}
        return {str(picture) for picture in self.seen.pictures}

    def clean(self) -> dict[str, object]:
        said = dict(self.cleaned_data)
        removes = "ground" in said and outcome_of(Ground(str(said["ground"]))) == Outcome.REMOVE
        if removes and self.seen.pictures and not self.seen.addresses and not said.get("covers"):
            self.add_error("covers", _t("Tick at least one picture, or decide to keep."))
        return said

    def draft(self) -> DecisionDraft:
        said = self.cleaned_data
        ground = Ground(said["ground"])
        covers = frozenset(said["covers"]) if self.seen.pictures else None
        return DecisionDraft(outcome_of(ground), ground, Basis(said["basis"]), said["reasons"], covers)


class AppealForm(forms.Form):
    """One choice says what is found: the decision stands, or the opposite is decided on this ground."""

    finding = forms.ChoiceField(
        label=_("What do you find?"), error_messages={"required": _("Choose what you find on the appeal.")}
    )
    basis = forms.ChoiceField(
        label=_("What have you seen?"),
        choices=[(basis.value, basis.label) for basis in Basis if basis != Basis.ORDER],
        error_messages={"required": _("Say what you have seen: it is kept with the decision.")},
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("In plain words: who appealed reads them. Name nobody."),
        max_length=LONGEST_REASONS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Give your reasons: who appealed reads them.")},
    )

    def __init__(self, appeal: Appeal, data: object = None) -> None:
        super().__init__(data, prefix=f"appeal-{appeal.pk}")  # type: ignore[arg-type]  # Django's QueryDict
        opposite = Outcome.KEEP if appeal.decision.outcome == Outcome.REMOVE else Outcome.REMOVE
        grounds = [(ground.value, ground.label) for ground in Ground if ground in GROUNDS[opposite] - ORDER_GROUNDS]
        finding = self.fields["finding"]
        assert isinstance(finding, forms.ChoiceField)  # noqa: S101  # tells the type checker what the class says
        finding.choices = [(STANDS, _("The decision stands")), (str(opposite.label), grounds)]

    def draft(self) -> VerdictDraft:
        said = self.cleaned_data
        ground = None if said["finding"] == STANDS else Ground(said["finding"])
        return VerdictDraft(Basis(said["basis"]), said["reasons"], ground)


class AskForm(forms.Form):
    text = forms.CharField(
        label=_("Your question"),
        help_text=_("The reporter reads it on the status page. The clocks run on."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write something first.")},
    )


class ReasonForm(forms.Form):
    """Why something out of the ordinary is done: it is kept with it."""

    reason = forms.CharField(
        label=_("Why, and for whom"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write why: somebody may have to check it.")},
    )


class MisuseForm(forms.Form):
    """Reasons for a step against misuse; `days` only for a suspension."""

    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("The person reads those of a warning and of a suspension."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give your reasons.")},
    )
    days = forms.IntegerField(label=_("Days, for a suspension"), required=False, min_value=1, max_value=3650)


class SearchForm(forms.Form):
    """Sent by POST, so that no case code stands in an address or a history."""

    text = forms.CharField(label=_("Case number or code, address, host or signal"), max_length=2000)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, error_messages={"required": _("Choose a role.")})


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Which program or server uses it, for example: image host."),
        max_length=NAME_LENGTH,
        error_messages={"required": _("Give the key a name, so that you can tell it from others.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What the key may do"),
        choices=[(scope.value, scope.label) for scope in GIVEN],
        error_messages={"required": _("Tick at least one thing that the key may do.")},
    )
    ends_on = forms.DateField(
        required=False,
        label=_("Last day"),
        help_text=_("In UTC; empty: until it is revoked. Health tells of it two weeks before."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a day, such as 2027-12-31.")},
    )

    def clean_ends_on(self) -> date | None:
        """Refuse a day that is over.

        Raises:
            ValidationError: such a key would open nothing.
        """
        day: date | None = self.cleaned_data["ends_on"]
        try:
            check_last_day(day, time.now().date())
        except InvalidError as error:
            raise ValidationError(str(error)) from None
        return day


class PartnerForm(forms.Form):
    """What was agreed with another organisation. Without an address it only reads from here."""

    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        error_messages={"required": _("Give the partner a name of at most 80 characters.")},
    )
    slug = forms.CharField(
        label=_("Short name"),
        help_text=_("Small letters, digits and hyphens: its bank is called by it."),
        max_length=20,
        error_messages={"required": _("Give it a short name: 1 to 20 small letters, digits and hyphens.")},
    )
    url = forms.CharField(
        label=_("Address of its desk"),
        help_text=_("Leave it empty if it only reads what you offer. Of ThreatExchange: with the number of the group."),
        max_length=500,
        required=False,
    )
    public_key = forms.CharField(
        label=_("Its public key"),
        help_text=_(
            "Of another Argine only: 44 letters. Have its operator read you the name of the key, by telephone."
        ),
        max_length=100,
        required=False,
    )
    secret = forms.CharField(
        label=_("The key that it made for you"),
        help_text=_(
            "Of StopNCII's shape both, with a comma between; of ThreatExchange's the token of your application."
        ),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    shape = forms.ChoiceField(label=_("In which form it offers"), choices=Shape.choices, initial=Shape.ARGINE)


class JoinForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        help_text=_("Colleagues see it. People who report do not."),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter a name: colleagues see it.")},
    )
    email = forms.CharField(
        label=_("E-mail address"),
        help_text=_("You log in with it. No mail is sent."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"required": _("Enter an e-mail address.")},
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters. A few unusual words in a row are good and easy to keep."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password.")},
    )
