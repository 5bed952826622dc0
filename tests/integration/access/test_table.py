"""The table of docs/reference/access.md is what happens: every address, every visitor, every state of a case.

`ARGINE_WRITE_ACCESS=1` writes the page anew, to be read before it is committed.
"""

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from tests.factories import log_in, make_case_in, make_staff, row_counts
from tests.integration.access.doors import (
    ACTORS,
    CODE,
    IN,
    KEY,
    NO,
    NOT_HERE,
    OF_CASE,
    PERSON,
    STRANGER,
    Desk,
    addresses,
    make_desk,
    methods_of,
    outcome,
)

from argine.desk.cases.enums import CaseState
from argine.desk.people.enums import Role

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "access.md"

HEAD = """# Who gets through which door

Checked by `tests/integration/access/test_table.py` at every run of the tests, against a desk with something behind each
address; an address that is not in the table, or answers otherwise, fails it. The first lines of the test say how this
page is written anew.

| word | means |
|---|---|
| in | the door opens; what stands behind it may still refuse by its state, never by whom it is |
| code | the visitor is asked for a case code, or led to their own case |
| log in | led to the log-in of staff |
| key | a platform's key is asked for (401) |
| no | who is known and may not: 403, with a sentence |
| - | not answered by this method (405) |

A *person* has opened their own case with its code; the three roles are logged in; *key check* is a key of the scope
`check` alone, and so on. A second test asks every address of a case in each of its states: none opens a door to a role
that is shut here, and one shuts a door: where reviewers disagree, only a supervisor decides.
"""


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


def measured(desk: Desk) -> list[list[str]]:
    rows = []
    for name in addresses():
        for method in methods_of(name):
            cells = [desk.knock(actor, name, method) for actor in ACTORS]
            if set(cells) != {NOT_HERE}:
                rows.append([f"`{name}`", method, *cells])
    return rows


def written(rows: list[list[str]]) -> str:
    titles = ["address", "method", *ACTORS]
    lines = [f"| {' | '.join(cells)} |" for cells in (titles, ["---"] * len(titles), *rows)]
    return f"{HEAD}\n" + "\n".join(lines) + "\n"


def test_every_door_opens_for_those_of_the_table_and_for_nobody_else(desk: Desk) -> None:
    found = written(measured(desk))
    if os.environ.get("ARGINE_WRITE_ACCESS"):
        PAGE.write_text(found, encoding="utf-8")
    assert found.splitlines() == PAGE.read_text(encoding="utf-8").splitlines()


def table() -> dict[tuple[str, str], dict[str, str]]:
    lines = re.findall(r"^\| `([\w:-]+)` \| (\w+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {(name, method): dict(zip(ACTORS, cells.split(" | "), strict=True)) for name, method, cells in lines}


def test_no_address_is_missing_from_the_table() -> None:
    assert {name for name, _ in table()} == set(addresses())


# The addresses that programs ask by the shape of others, and the keys that may be let in there.
PROGRAMS = {"hma:": {"key check", "key curate"}, "feeds:": {"key exchange"}}


def test_the_table_itself_gives_nobody_what_is_for_others() -> None:
    """Rules that hold of every row, whatever a new page brings."""
    for (name, method), row in table().items():
        where = (name, method)
        keys = {row[actor] for actor in ACTORS if actor.startswith("key ")}
        if name.startswith("console:") and name != "console:welcome":
            assert IN not in {row[STRANGER], row[PERSON], *keys}, where
            # Who may more sees at least what who may less sees.
            ranks = [row[role.value] == IN for role in (Role.REVIEWER, Role.SUPERVISOR, Role.OPERATOR)]
            assert ranks == sorted(ranks), where
        if name.startswith("api:") and row[STRANGER] != IN:
            assert {row[PERSON], *(row[role.value] for role in Role)} == {KEY}, where
            assert [cell == IN for cell in keys].count(True) == 1, where
        if name.startswith(tuple(PROGRAMS)) and row[STRANGER] not in {IN, NOT_HERE}:
            assert {row[STRANGER], row[PERSON], *(row[role.value] for role in Role)} == {KEY}, where
            assert {actor for actor in ACTORS if row[actor] == IN} <= PROGRAMS[f"{name.partition(':')[0]}:"], where
        if row[STRANGER] == CODE:
            assert {row[role.value] for role in Role} == {CODE}, where


# Pages of django-allauth and of the API's document show themselves whatever the method; an empty form changes nothing.
SHOW_THEMSELVES = ("account_", "mfa_", "api:openapi-json", "api:api-root")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"])
def test_no_other_method_does_anything(desk: Desk, method: str) -> None:
    before = row_counts()
    for name in addresses():
        answer = desk.visitors[Role.OPERATOR.value].generic(method, desk.url(name))
        asks_for_key = answer.status_code == 401 and method in methods_of(name)
        shut = answer.status_code in {302, 404, 405} or asks_for_key
        assert shut or name.startswith(SHOW_THEMSELVES), (name, answer.status_code)
    assert row_counts() == before


# Where a state takes from a role what the table gives: where reviewers disagree, a supervisor decides.
NARROWED = {(CaseState.DISPUTED, Role.REVIEWER, "console:decide")}


@pytest.mark.parametrize("state", CaseState)
def test_no_state_of_a_case_opens_a_door_that_a_role_finds_shut(state: CaseState) -> None:
    expected = table()
    of_case = [row for row in expected if row[0] in {f"console:{name}" for name in OF_CASE}]
    case = make_case_in(state)
    for role in Role:
        client = log_in(make_staff(role))
        for name, method in of_case:
            place = reverse(name, args=[case.pk])
            answer = client.generic(method, place)
            wanted = expected[name, method][role.value]
            refused = wanted == NO or (state, role, name) in NARROWED
            assert (outcome(name, answer) == NO) == refused, (state, role, name, answer.status_code)


def test_where_a_second_factor_is_needed_no_page_of_the_console_opens_without_one(desk: Desk, settings: Any) -> None:
    settings.CONFIG = replace(settings.CONFIG, require_mfa="always")
    for (name, method), row in table().items():
        if not name.startswith("console:") or name == "console:welcome" or row[Role.OPERATOR.value] != IN:
            continue
        answer = desk.visitors[Role.OPERATOR.value].generic(method, desk.url(name))
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/console/account"), name
