"""Every stored field of a person or a case says what it tells and how long it stays."""

import pytest
from django.apps import apps
from django.db.models import Model

from argine.desk.core.privacy import FieldPrivacy, Keep, classify

OURS = "argine.desk."


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith(OURS)]


def stored_fields(model: type[Model]) -> set[str]:
    return {field.name for field in [*model._meta.concrete_fields, *model._meta.many_to_many]}


def faults(fields: set[str], privacy: object) -> list[str]:
    if not isinstance(privacy, dict):
        return ["no PRIVACY"]
    missing = [f"{name} is not classified" for name in sorted(fields - set(privacy))]
    stale = [f"{name} is no field" for name in sorted(set(privacy) - fields)]
    wrong = [f"{name} has no FieldPrivacy" for name, value in privacy.items() if not isinstance(value, FieldPrivacy)]
    return [*missing, *stale, *wrong]


def test_every_field_of_every_model_is_classified() -> None:
    models = our_models()
    assert models
    # Its own, not one inherited: a child with one more field would go unseen.
    found = {model.__name__: faults(stored_fields(model), vars(model).get("PRIVACY")) for model in models}
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize(
    ("fields", "privacy", "expected"),
    [
        ({"id"}, classify(Keep.CASE, "id"), []),
        ({"id", "contact"}, classify(Keep.CASE, "id"), ["contact is not classified"]),
        ({"id"}, classify(Keep.CASE, "id name"), ["name is no field"]),
        ({"id"}, {"id": "technical"}, ["id has no FieldPrivacy"]),
        ({"id"}, None, ["no PRIVACY"]),
    ],
)
def test_the_check_finds_a_planted_fault(fields: set[str], privacy: object, expected: list[str]) -> None:
    assert faults(fields, privacy) == expected
