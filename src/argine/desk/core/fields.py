"""A text field that is sealed in the database and opens when it is read."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.db.models.query_utils import DeferredAttribute

from argine.desk.core import crypto

if TYPE_CHECKING:
    TextBinaryField = models.BinaryField[str, str]
    AnyField = models.Field[Any, Any]
else:
    TextBinaryField = models.BinaryField
    AnyField = models.Field


class _Sealed(bytes):
    """A value as it stands in the database, not yet opened."""


ERASED = _Sealed(b"")
"""The value of an empty field: what `QuerySet.update` and filters may name, since it is sealed for no row."""


def place_of(field: AnyField, pk: object) -> str:
    """What binds a sealed value to its row and column."""
    return f"{field.model._meta.db_table}.{field.column}.{pk}"  # noqa: SLF001  # Django's documented name


def blob_of(value: object) -> bytes:
    """The sealed bytes of a field that was read by `values_list`; empty where the field is."""
    return bytes(value) if isinstance(value, _Sealed) else b""


def as_stored(blob: bytes) -> object:
    """What `QuerySet.update` takes for a field: bytes that were sealed for that very row."""
    return _Sealed(blob)


class _SealedAttribute(DeferredAttribute):
    """Opens the value at the first look: only then is the row's key known."""

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:  # noqa: ANN401
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, _Sealed):
            value = crypto.unseal(value, place_of(self.field, instance.pk))
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value


class SealedTextField(TextBinaryField):
    """Text, empty by default. The model needs a primary key that is known before saving (a UUID).

    `QuerySet.update` would not know the row and is refused, save for `ERASED`; save the row instead.
    """

    descriptor_class = _SealedAttribute

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # handed on to Django
        options.setdefault("default", "")
        options.setdefault("blank", True)
        options.setdefault("editable", False)
        super().__init__(**options)

    def pre_save(self, model_instance: models.Model, add: bool) -> object:  # noqa: ARG002, FBT001  # Django's shape
        text = getattr(model_instance, self.attname)
        return _Sealed(crypto.seal(text, place_of(self, model_instance.pk)) if text else b"")

    def get_db_prep_value(self, value: object, connection: BaseDatabaseWrapper, prepared: bool = False) -> object:  # noqa: FBT001, FBT002
        if value == "":
            value = ERASED  # what a migration gives the rows that are there, when it adds such a field
        if not isinstance(value, _Sealed):
            raise TypeError(f"{self.name} is sealed for its row: assign it and save the row")
        return super().get_db_prep_value(bytes(value), connection, prepared)

    def from_db_value(self, value: bytes | None, expression: Expression, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002
        return _Sealed(value) if value else ""  # type: ignore[return-value]  # opened by the attribute

    def value_to_string(self, obj: models.Model) -> str:  # noqa: ARG002
        raise TypeError(f"{self.name} is not exported")
