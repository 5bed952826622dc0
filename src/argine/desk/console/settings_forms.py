"""The forms that set settings. What comes from the environment is not in them."""

from collections.abc import Mapping, Sequence

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from argine.desk import config
from argine.desk.configuration.enums import SECRET, SECTIONS, Section
from argine.desk.configuration.queries import as_text, from_environment
from argine.desk.console.settings_words import FIELDS
from argine.desk.console.wording import regime_title
from argine.law.schema import load_all


def open_names(section: Section) -> list[str]:
    """The settings of a part that the environment leaves open."""
    return [name for name in SECTIONS[section] if not from_environment(name)]


class SettingsForm(forms.Form):
    """The settings of one part of the page."""

    def __init__(self, section: Section, data: object = None) -> None:
        names = open_names(section)
        initial = {name: shown(name) for name in names if name not in SECRET or name == "webhooks"}
        super().__init__(data, initial=initial)  # type: ignore[arg-type]  # Django's QueryDict
        self.fields.update({name: FIELDS[name]() for name in names})

    def clean(self) -> dict[str, object]:
        said = dict(self.cleaned_data)
        self._check_webhooks(str(said.get("webhooks", "")).split())
        if "smtp_host" in self.fields and said.get("smtp_host") and not self._value(said, "mail_from"):
            self.add_error("mail_from" if "mail_from" in self.fields else None, _("Say who the e-mails are from."))
        named, has_password = self._value(said, "smtp_user"), self._has_password(said)
        if "smtp_user" in self.fields and named and not has_password:
            self.add_error("smtp_password", _("Enter the password that goes with the name."))
        if "smtp_password" in self.fields and said.get("smtp_password") and not named:
            self.add_error("smtp_user" if "smtp_user" in self.fields else None, _("Enter the name that goes with it."))
        return said

    def _value(self, said: Mapping[str, object], name: str) -> object:
        return said.get(name) if name in self.fields else getattr(settings.CONFIG, name)

    def _has_password(self, said: Mapping[str, object]) -> bool:
        kept = settings.CONFIG.smtp_password or settings.CONFIG.smtp_password_file
        return bool(said.get("smtp_password") or kept) or "smtp_password" not in self.fields

    def _check_webhooks(self, urls: Sequence[str]) -> None:
        schemes = {"https", "http"} if settings.CONFIG.webhook_private else {"https"}
        for number, url in enumerate(urls, start=1):
            if not config.is_place(url, schemes):
                text = _("Address %(number)d must begin with https:// and have no name, password or fragment.")
                self.add_error("webhooks", text % {"number": number})

    def values(self) -> dict[str, str]:
        """What is to be set, as the environment variables would have it."""
        said = self.cleaned_data
        texts = {name: as_text(said[name]) for name in self.fields if name not in SECRET}
        if "warn_percent" in texts:
            texts["warn_percent"] = ",".join(part.strip() for part in texts["warn_percent"].split(",") if part.strip())
        if "webhooks" in self.fields:
            texts["webhooks"] = ",".join(said["webhooks"].split())
        if "smtp_password" in self.fields and (said["smtp_password"] or not self._value(said, "smtp_user")):
            texts["smtp_password"] = said["smtp_password"]
        return texts


def shown(name: str) -> object:
    """The value of a setting as its field shows it."""
    value = getattr(settings.CONFIG, name)
    if isinstance(value, tuple):
        return ("\n" if name == "webhooks" else ",").join(value)
    return value


class LawForm(forms.Form):
    """Which laws apply; those that nobody has checked need a yes of their own."""

    regimes = forms.MultipleChoiceField(required=False)
    accepted = forms.MultipleChoiceField(required=False)

    def __init__(self, data: object = None) -> None:
        now = {"regimes": list(settings.CONFIG.regimes), "accepted": list(settings.CONFIG.accept_unverified)}
        super().__init__(data, initial=now)  # type: ignore[arg-type]  # Django's QueryDict
        self.known = load_all()
        for name in ("regimes", "accepted"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # tells the type checker what the class says
            field.choices = [(key, key) for key in self.known]

    def clean(self) -> dict[str, object]:
        said = dict(self.cleaned_data)
        accepted = said.get("accepted", [])
        assert isinstance(accepted, list)  # noqa: S101  # as its field makes it
        for key in self._chosen():
            if self.known[key].needs_operators_yes and key not in accepted:
                self.add_error(
                    "accepted", _("Say yes by name to %(law)s, or leave it out.") % {"law": regime_title(key)}
                )
        return said

    def _chosen(self) -> list[str]:
        return [key for key in self.cleaned_data.get("regimes", []) if key in self.known]

    def values(self) -> dict[str, str]:
        """What is to be set: a yes to a law that is left out is forgotten."""
        chosen = set(self._chosen())
        on = [key for key in settings.CONFIG.regimes if key in chosen]
        on += [key for key in self.known if key in chosen and key not in on]
        yes = [key for key in on if key in self.cleaned_data["accepted"] and self.known[key].needs_operators_yes]
        return {"regimes": ",".join(on), "accept_unverified": ",".join(yes)}
