"""Who may do what, and that an operator always remains."""

from itertools import product

import pytest
from django.utils import translation
from tests.factories import make_staff

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.core.actor import SYSTEM
from argine.desk.core.errors import ForbiddenError, RefusedError
from argine.desk.people.enums import GRANTS, Permission, Role
from argine.desk.people.operations import change_role, set_active
from argine.desk.people.permissions import REFUSALS, check, may

pytestmark = pytest.mark.django_db

# Written down a second time on purpose: a grant is changed in two places or not at all.
EXPECTED = {
    Role.REVIEWER: {"see_cases", "decide", "make_dossiers"},
    Role.SUPERVISOR: {
        *("see_cases", "decide", "override", "confirm_orders", "see_log", "manage_banks"),
        *("manage_records", "see_reports", "manage_outgoing", "manage_settings", "manage_replies", "make_dossiers"),
    },
    Role.OPERATOR: {
        "see_cases",
        "decide",
        "override",
        "confirm_orders",
        "see_log",
        "manage_banks",
        "manage_records",
        "see_reports",
        "manage_outgoing",
        "manage_settings",
        "manage_replies",
        "make_dossiers",
        "manage_people",
        "manage_keys",
        "manage_ways_out",
    },
}


def test_the_grants_are_these() -> None:
    assert {role: {permission.value for permission in granted} for role, granted in GRANTS.items()} == EXPECTED
    assert set(REFUSALS) == set(Permission)


def test_what_nobody_may_is_said_in_the_language_of_the_page() -> None:
    with translation.override("it"), pytest.raises(ForbiddenError, match="Solo un supervisore"):
        check(make_staff(Role.REVIEWER), Permission.OVERRIDE)


@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_the_table_says_and_nothing_once_it_is_out(role: Role) -> None:
    person = make_staff(role)
    for permission in Permission:
        assert may(person, permission) == (permission.value in EXPECTED[role])
        if permission.value not in EXPECTED[role]:
            with pytest.raises(ForbiddenError, match=str(REFUSALS[permission])):
                check(person, permission)
    person.is_active = False
    assert not any(may(person, permission) for permission in Permission)


@pytest.mark.parametrize(("was", "becomes"), list(product(Role, Role)))
def test_a_role_may_be_changed_to_any_other_while_an_operator_remains(was: Role, becomes: Role) -> None:
    make_staff(Role.OPERATOR)
    person = make_staff(was)
    change_role(person, becomes, by=SYSTEM)
    person.refresh_from_db()
    assert person.role == becomes
    assert Entry.objects.filter(event=Event.STAFF_CHANGED).count() == 1


@pytest.mark.parametrize(
    ("others", "may_go"),
    [
        ([], False),
        ([(Role.REVIEWER, True), (Role.SUPERVISOR, True)], False),
        ([(Role.OPERATOR, False)], False),
        ([(Role.OPERATOR, True)], True),
    ],
)
@pytest.mark.parametrize("way", ["another role", "out"])
def test_the_last_active_operator_stays(way: str, others: list[tuple[Role, bool]], may_go: bool) -> None:
    person = make_staff(Role.OPERATOR)
    for role, active in others:
        other = make_staff(role)
        if not active:
            set_active(other, active=False, by=SYSTEM)
    before = Entry.objects.count()

    def go() -> None:
        if way == "out":
            set_active(person, active=False, by=SYSTEM)
        else:
            change_role(person, Role.REVIEWER, by=SYSTEM)

    if may_go:
        go()
    else:
        with pytest.raises(RefusedError, match="last operator"):
            go()
    person.refresh_from_db()
    assert (person.is_active and person.role == Role.OPERATOR) != may_go
    assert (Entry.objects.count() == before) != may_go


def test_an_operator_may_be_made_operator_again_and_let_in_again() -> None:
    person = make_staff(Role.OPERATOR)
    change_role(person, Role.OPERATOR, by=SYSTEM)
    set_active(person, active=True, by=SYSTEM)
    assert may(person, Permission.MANAGE_PEOPLE)
