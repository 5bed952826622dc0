"""Which fields hold personal data of a case, in every app, found by how each model classifies its own fields.

So a field that is added later is erased with the others: nobody has to name it here.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Field, ForeignKey, Model, Q, QuerySet

from argine.desk.cases.models import Case
from argine.desk.core.fields import ERASED, SealedTextField
from argine.desk.core.privacy import FieldPrivacy, Keep, Kind


@dataclass(frozen=True, slots=True)
class Holder:
    """A model whose rows hold personal fields of a case.

    Attributes:
        path: the look-up that leads from a row to its case's id.
        empty: by personal field, its value once it is erased.
    """

    model: type[Model]
    path: str
    empty: dict[str, object]

    @property
    def name(self) -> str:
        return str(self.model._meta.label_lower)  # noqa: SLF001  # Django's documented name

    def filled(self, case_ids: Collection[UUID]) -> QuerySet[Model]:
        """The rows of some cases in which something is left."""
        empty = Q(**{name: value for name, value in self.empty.items() if value is not None})
        empty &= Q(**{f"{name}__isnull": True for name, value in self.empty.items() if value is None})
        return self.model._default_manager.filter(**{f"{self.path}__in": case_ids}).exclude(empty)  # noqa: SLF001


@cache
def holders(keep: Keep = Keep.CASE) -> tuple[Holder, ...]:
    """Every model with personal fields that stay so long.

    Raises:
        LookupError: from one of them nothing leads to a case, so nobody would know when to erase it.
    """
    return tuple(_holders(keep))


def _holders(keep: Keep) -> Iterator[Holder]:
    for model in apps.get_models():
        privacy: dict[str, FieldPrivacy] = getattr(model, "PRIVACY", {})
        names = [name for name, said in privacy.items() if said == FieldPrivacy(Kind.PERSONAL, keep)]
        if names:
            yield holder_of(model, names)


def holder_of(model: type[Model], names: Collection[str]) -> Holder:
    """Say how to find, and how to empty, these fields of a model."""
    path = _path(model)
    if path is None:
        raise LookupError(f"{model.__name__} holds personal fields of a case, but nothing leads from it to a case")
    return Holder(model, path, {name: _empty(model._meta.get_field(name)) for name in names})  # noqa: SLF001


def _path(model: type[Model], seen: frozenset[type[Model]] = frozenset()) -> str | None:
    """The shortest way first: a field of its own, then through a row that it belongs to."""
    fields: list[Field[Any, Any]] = list(model._meta.concrete_fields)  # noqa: SLF001
    own = next((field for field in fields if field.attname == "case_id"), None)
    if model is Case or own is not None:
        return "pk" if own is None else own.name
    for field in fields:
        if isinstance(field, ForeignKey) and field.related_model not in seen:
            further = _path(field.related_model, seen | {model})
            if further is not None:
                return f"{field.name}__{further}"
    return None


def _empty(field: Any) -> object:  # noqa: ANN401  # Django's fields have no common type
    if isinstance(field, SealedTextField):
        return ERASED
    return None if field.null else field.get_default() if field.has_default() else ""


def with_something_left(case_ids: Collection[UUID], keep: Keep = Keep.CASE) -> set[UUID]:
    """Those of the cases of which some personal field is not empty."""
    return {
        case_id
        for holder in holders(keep)
        for case_id in holder.filled(case_ids).values_list(holder.path, flat=True)
        if case_id is not None
    }
