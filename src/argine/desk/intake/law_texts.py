"""What the law says to the person who reports: regimes and helpers, from the law's data, in the page's language."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from argine.desk.cases.duties import switched_on_for_notices
from argine.desk.intake import countries
from argine.law.regime import ClockKind, Regime
from argine.law.routes import Audience, Route, routes_for
from argine.law.schema import load_all

# Where the authorities are that a person may turn to.
ZONES = {"IT": "Europe/Rome"}


@dataclass(frozen=True, slots=True)
class RegimeText:
    title: str
    plain: str
    source: str


@dataclass(frozen=True, slots=True)
class RouteText:
    name: str
    who: str
    text: str
    url: str
    host: str
    phone: str


@dataclass(frozen=True, slots=True)
class RouteGroup:
    title: str
    routes: list[RouteText]


def regimes() -> list[RegimeText]:
    language = get_language() or "en"
    return [
        RegimeText(
            title=regime.title.in_language(language),
            plain=regime.plain.in_language(language),
            source=f"{regime.instrument}, {regime.article}",
        )
        for regime in switched_on_for_notices()
    ]


@dataclass(frozen=True, slots=True)
class ReferralText:
    """An authority that the person may turn to. `running` is said once they have told when they did."""

    regime: str
    name: str
    text: str
    who: str
    told_at: datetime | None
    running: str


def referral_text(regime: Regime, told_at: datetime | None, *, passed: bool) -> ReferralText:
    language, referral = get_language() or "en", regime.referral
    if referral is None:
        raise ValueError("This law names no authority to turn to.")
    words = referral.passed if passed else referral.running
    return ReferralText(
        regime=regime.id,
        name=referral.name,
        text=referral.text.in_language(language),
        who=referral.who.in_language(language),
        told_at=told_at,
        running=words.in_language(language) if told_at else "",
    )


def referral_question(regime_id: str) -> str:
    regime = load_all().get(regime_id)
    return regime.referral.question.in_language(get_language() or "en") if regime and regime.referral else ""


def zone_of(regime_id: str) -> tzinfo:
    """The clocks that an authority's own country goes by."""
    regime = load_all().get(regime_id)
    country = regime.jurisdiction[0] if regime else ""
    return ZoneInfo(ZONES[country]) if country in ZONES else UTC


def shortest_hours() -> int | None:
    """The fewest hours that a statute gives the platform; None where no such law is switched on."""
    hours = [regime.hours for regime in switched_on_for_notices() if regime.clock.kind is ClockKind.STATUTORY]
    return min((count for count in hours if count is not None), default=None)


def helplines() -> list[RouteText]:
    """Who helps adults in every country; those of one country stand on the page of helplines."""
    return [_text(route) for route in routes_for(Audience.ADULT, None) if not route.countries]


def helpline_groups() -> list[RouteGroup]:
    """Who helps adults: everywhere first, then by country."""
    return _groups(Audience.ADULT)


def under_18_groups() -> list[RouteGroup]:
    """Who helps when the person shown was under 18: everywhere first, then by country."""
    return _groups(Audience.MINOR)


def _groups(audience: Audience) -> list[RouteGroup]:
    routes = routes_for(audience, None)
    groups = [RouteGroup(_("In every country"), [_text(route) for route in routes if not route.countries])]
    codes = dict.fromkeys(code for route in routes for code in route.countries)
    named = sorted(codes, key=countries.name_of)
    groups += [
        RouteGroup(countries.name_of(code), [_text(route) for route in routes if code in route.countries])
        for code in named
    ]
    return [group for group in groups if group.routes]


def _text(route: Route) -> RouteText:
    language = get_language() or "en"
    return RouteText(
        name=route.name,
        who=route.who.in_language(language),
        text=route.text.in_language(language),
        url=route.address or "",
        host=urlsplit(route.address).hostname or "" if route.address else "",
        phone=route.phone or "",
    )
