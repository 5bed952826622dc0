"""Countries: those of a regime or a helpline, and which of them a person may choose from."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from argine.desk.cases.duties import switched_on

NAMES = {
    "AT": gettext_lazy("Austria"),
    "AU": gettext_lazy("Australia"),
    "BE": gettext_lazy("Belgium"),
    "BG": gettext_lazy("Bulgaria"),
    "BR": gettext_lazy("Brazil"),
    "CA": gettext_lazy("Canada"),
    "CY": gettext_lazy("Cyprus"),
    "CZ": gettext_lazy("Czechia"),
    "DE": gettext_lazy("Germany"),
    "DK": gettext_lazy("Denmark"),
    "EE": gettext_lazy("Estonia"),
    "ES": gettext_lazy("Spain"),
    "FI": gettext_lazy("Finland"),
    "FR": gettext_lazy("France"),
    "GB": gettext_lazy("United Kingdom"),
    "GR": gettext_lazy("Greece"),
    "HR": gettext_lazy("Croatia"),
    "HU": gettext_lazy("Hungary"),
    "IE": gettext_lazy("Ireland"),
    "IN": gettext_lazy("India"),
    "IT": gettext_lazy("Italy"),
    "KR": gettext_lazy("South Korea"),
    "LT": gettext_lazy("Lithuania"),
    "LU": gettext_lazy("Luxembourg"),
    "LV": gettext_lazy("Latvia"),
    "MT": gettext_lazy("Malta"),
    "MX": gettext_lazy("Mexico"),
    "NL": gettext_lazy("Netherlands"),
    "PL": gettext_lazy("Poland"),
    "PT": gettext_lazy("Portugal"),
    "RO": gettext_lazy("Romania"),
    "SE": gettext_lazy("Sweden"),
    "SI": gettext_lazy("Slovenia"),
    "SK": gettext_lazy("Slovakia"),
    "US": gettext_lazy("United States"),
}


def name_of(code: str) -> str:
    return str(NAMES.get(code, code))


def choices() -> list[tuple[str, str]]:
    """Codes and names in the page's language, by name, after the way not to say."""
    codes = {code for regime in switched_on() for code in regime.jurisdiction}
    named = sorted(((code, name_of(code)) for code in codes), key=lambda pair: pair[1])
    return [("", _("I would rather not say, or another")), *named]
