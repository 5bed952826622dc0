"""Whatever holds of every page holds of every address: none of the URL conf is left out of `tests.pages`."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.factories import staff_client
from tests.pages import every_page

from argine.desk.people.enums import Role

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("pages")]

NOT_ALLOWED = 405
ANYTHING = {"uuid": uuid4(), "int": 1, "str": "x", "slug": "x"}
OF_PROGRAMS = ("api:", "hma:", "feeds:")
# What is no page: a file, or a step on the way to one.
NO_PAGES = {
    *(
        *("health", "health_desk", "health_live", "health_ready", "metrics"),
        "language",
        "intake:leave",
        "intake:receipt_file",
        "intake:verifier",
        "console:log_receipt",
    ),
    *("intake:verifier", "console:page_record_file", "console:look_picture", "account_here"),
    *("console:report_file", "mfa_login_webauthn", "mfa_list_webauthn", "mfa_download_recovery_codes"),
}


def patterns(found: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in found:
        if isinstance(one, URLResolver):
            space = f"{prefix}{one.namespace}:" if one.namespace else prefix
            yield from patterns(one.url_patterns, space)
        else:
            yield f"{prefix}{one.name}", one


def names_of_pages() -> set[str]:
    """The names of all addresses that answer to GET with a page; what programs ask answers with none."""
    client, names = staff_client(Role.OPERATOR), set()
    for name, pattern in patterns(get_resolver().url_patterns):
        if name.startswith(OF_PROGRAMS) or name in NO_PAGES:
            continue
        if asks(client, name, pattern) != NOT_ALLOWED:
            names.add(name)
    return names


def asks(client: Client, name: str, pattern: URLPattern) -> int:
    converters = pattern.pattern.converters
    arguments = {key: ANYTHING[type(kind).__name__.removesuffix("Converter").lower().replace("string", "str")]
                 for key, kind in converters.items()}  # fmt: skip
    return client.get(reverse(name, kwargs=arguments)).status_code


def test_every_address_that_shows_a_page_is_visited_and_found_there() -> None:
    matches = [answer.wsgi_request.resolver_match for answer in every_page().values()]
    seen = {match.view_name for match in matches if match is not None}
    assert names_of_pages() - seen == set()
