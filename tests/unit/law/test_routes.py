import pytest

from argine.law.errors import RegimeError
from argine.law.regime import Mark
from argine.law.routes import Audience, all_routes, parse, routes_for

ENTRY = """
[[routes]]
id = "somewhere"
name = "A helpline"
audience = "adult"
countries = ["FR"]
address = "https://helpline.example"
phone = "123"
mark = "V2"
who = { en = "Adults.", it = "Persone adulte." }
text = { en = "Helps.", it = "Aiuta." }
"""
WORLD_FIRST = ["stopncii", "uk-revenge-porn-helpline", "us-ccri-helpline", "it-1522", "fr-3018", "de-hilfetelefon",
               "es-aepd-canal-prioritario", "au-esafety"]  # fmt: skip
WORLD_MINOR = ["us-ncmec-take-it-down", "us-ncmec-cybertipline", "inhope"]
IT_MINOR = ["it-114", "it-clicca-e-segnala", "it-stop-it", "it-polizia-postale", "it-garante"]


@pytest.mark.parametrize(
    ("audience", "country", "expected"),
    [
        (Audience.MINOR, "IT", [*IT_MINOR, *WORLD_MINOR]),
        (Audience.MINOR, "GB", ["uk-report-remove", *WORLD_MINOR]),
        (Audience.MINOR, "US", WORLD_MINOR),
        (Audience.MINOR, "JP", WORLD_MINOR),
        (Audience.MINOR, None, [*WORLD_MINOR, "uk-report-remove", *IT_MINOR]),
        (Audience.ADULT, "GB", ["uk-revenge-porn-helpline", "stopncii"]),
        (Audience.ADULT, "US", ["us-ccri-helpline", "stopncii"]),
        (Audience.ADULT, "IT", ["it-1522", "stopncii"]),
        (Audience.ADULT, "FR", ["fr-3018", "stopncii"]),
        (Audience.ADULT, "DE", ["de-hilfetelefon", "stopncii"]),
        (Audience.ADULT, "ES", ["es-aepd-canal-prioritario", "stopncii"]),
        (Audience.ADULT, "AU", ["au-esafety", "stopncii"]),
        (Audience.ADULT, "JP", ["stopncii"]),
        (Audience.ADULT, None, WORLD_FIRST),
    ],
)
def test_a_person_is_led_to_their_countrys_services_first(
    audience: Audience, country: str | None, expected: list[str]
) -> None:
    assert [route.id for route in routes_for(audience, country)] == expected


def test_every_minor_has_somewhere_to_turn_with_an_address() -> None:
    for country in (None, "IT", "GB", "US", "FR", "JP"):
        assert any(route.address for route in routes_for(Audience.MINOR, country))


def test_no_route_is_unconfirmed_and_no_number_second_hand() -> None:
    for route in all_routes():
        assert route.mark is not Mark.MEMORY
        assert route.phone is None or route.mark in {Mark.OFFICIAL, Mark.QUOTED}


def test_every_route_has_its_own_id_and_speaks_both_languages() -> None:
    routes = all_routes()
    assert len({route.id for route in routes}) == len(routes)
    for route in routes:
        assert route.text.en != route.text.it


def test_an_entry_is_read_as_it_is_written() -> None:
    (route,) = parse(ENTRY.encode())
    assert (route.name, route.countries, route.phone) == ("A helpline", ("FR",), "123")
    assert route.who.in_language("it") == "Persone adulte."


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('mark = "V2"', 'mark = "M"', r"routes.toml: routes\[0\]: mark: an unconfirmed route is left out"),
        ('mark = "V2"', 'mark = "V3"', "phone: a number marked V3 is left out"),
        ("https://", "http://", "address: expected an https address"),
        ('audience = "adult"', 'audience = "all"', "audience: expected one of minor, adult, got all"),
        ('name = "A helpline"', "", "name: missing"),
        ('name = "A helpline"', 'name = "A"\nopen = true', "open: unknown key"),
        ('["FR"]', '["France"]', "countries: expected ISO country codes"),
        ("[[routes]]", "other = 1\n[[routes]]", "routes.toml: other: unknown key"),
        ("[[routes]]", "[[routes]", "not TOML"),
    ],
)
def test_a_slip_of_the_pen_is_refused_by_place_and_key(old: str, new: str, message: str) -> None:
    with pytest.raises(RegimeError, match=message):
        parse(ENTRY.replace(old, new).encode())
