"""The altered part of a reported picture: what is marked, who marked it and why, and the form to mark another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from argine.desk.banks import marks
from argine.desk.banks.marks import Mark
from argine.desk.banks.models import BankEntry, RegionChange
from argine.desk.banks.policies import LONGEST_REASON
from argine.desk.banks.queries import region_changes
from argine.desk.console import wording
from argine.matching.regions import RegionError, from_units, region_of, text_of
from argine.signals.patch import Rectangle

PERCENT = 100.0
CLEAR = "clear"


PERCENTAGE: dict[str, Any] = {
    "min_value": 0,
    "max_value": PERCENT,
    "required": False,
    "widget": forms.NumberInput({"step": "any", "inputmode": "decimal", "autocomplete": "off"}),
}


class RegionForm(forms.Form):
    """Four numbers in percent of the picture, or the button that takes the mark away."""

    left = forms.FloatField(label=_("Percent from the left"), **PERCENTAGE)
    top = forms.FloatField(label=_("Percent from the top"), **PERCENTAGE)
    width = forms.FloatField(label=_("Percent of the width"), **PERCENTAGE)
    height = forms.FloatField(label=_("Percent of the height"), **PERCENTAGE)
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("It stays on record. Name nobody."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why: it stays on record.")},
    )

    def __init__(self, entry: BankEntry, data: object = None) -> None:
        mark = marks.of(entry)
        shown = {} if mark is None else {name: getattr(mark, name) for name in ("left", "top", "width", "height")}
        super().__init__(data, prefix=f"mark-{entry.pk}", initial=shown)  # type: ignore[arg-type]  # Django's QueryDict
        self.region: Rectangle | None = None

    @property
    def is_clearing(self) -> bool:
        return CLEAR in self.data

    def sides(self) -> list[forms.BoundField]:
        return [self[name] for name in ("left", "top", "width", "height")]

    def clean(self) -> dict[str, object]:
        """Bring the numbers to a part of the picture."""
        said = dict(self.cleaned_data)
        if not self.is_clearing and not any(name in self.errors for name in ("left", "top", "width", "height")):
            try:
                self.region = _region(said)
            except RegionError:
                self.add_error("left", _t("Mark a part within the picture: not all of it, and not a mere dot."))
        return said


def _region(said: dict[str, object]) -> Rectangle:
    numbers = [said[name] for name in ("left", "top", "width", "height")]
    left, top, width, height = (number / PERCENT if isinstance(number, float) else -1.0 for number in numbers)
    return region_of(left, top, round(left + width, 6), round(top + height, 6))


@dataclass(frozen=True, slots=True)
class ChangeLine:
    at: datetime
    who: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class RegionCard:
    """`mark` is what is marked now; `aspect` the picture's width over its height; `has_patches` whether any tell."""

    mark: Mark | None
    aspect: float
    has_patches: bool
    changes: list[ChangeLine]
    form: RegionForm


def of(entry: BankEntry, sent: RegionForm | None = None) -> RegionCard:
    patches = marks.patches_of(entry)
    return RegionCard(
        mark=marks.of(entry),
        aspect=round(marks.aspect_of(patches), 3),
        has_patches=patches is not None and len(patches) > 0,
        changes=_changes(region_changes(entry.pk)),
        form=sent or RegionForm(entry),
    )


def _changes(changes: Sequence[RegionChange]) -> list[ChangeLine]:
    names = wording.who([change.by for change in changes])
    return [ChangeLine(change.at, names[change.by], _what(change.region), change.reason) for change in changes]


def _what(region: list[int] | None) -> str:
    if region is None:
        return _t("No part is marked any more")
    return _t("Marked: %(part)s (x, y, width, height)") % {"part": text_of(from_units(region))}
