"""What changes a whole desk: sealing every personal field with a new key, and saying that it was put back."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.banks.models import EntrySignal
from argine.desk.banks.queries import SEALED_TYPES, place_of_signal
from argine.desk.core import crypto, keys, time
from argine.desk.core.actor import SHELL
from argine.desk.core.fields import SealedTextField, as_stored, blob_of, place_of
from argine.desk.core.operations import drop_old_pages
from argine.desk.people import factors

BATCH = 500
# What django-allauth seals of a second factor (`MFAAdapter.encrypt`).
FACTOR_FIELDS = ("secret", "seed")


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many values were sealed anew in this run, of how many; and where the old key is kept."""

    now: int
    all: int
    retired: Path


@dataclass(slots=True)
class _Count:
    now: int = 0
    all: int = 0


def reseal() -> Resealed:
    """Seal every personal field, patch set and second factor with a new key, which then takes the place of the old.

    Nothing else may run over the folder meanwhile. What was begun and interrupted goes on where it stopped: a value
    that the new key has sealed is left alone, and until the end both keys open what is there.

    Raises:
        SealError: a value cannot be opened. The new key stays beside the old one, and the next run goes on.
        OSError: a key file cannot be written.
    """
    keys.begin_new_fields_key(settings.KEYS)
    crypto.forget_keys()
    count = _Count()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001  # Django's documented name
            if isinstance(field, SealedTextField):
                _reseal_field(model, field, count)
    _reseal_signals(count)
    _reseal_factors(count)
    with transaction.atomic():
        append(Event.FIELDS_RESEALED, "desk", by=SHELL, data={"values": count.all})
    retired = keys.finish_new_fields_key(settings.KEYS, f"{time.now():%Y%m%d}")
    crypto.forget_keys()
    drop_old_pages()
    return Resealed(count.now, count.all, retired)


def note_restored(entries: int, made_at: str) -> None:
    """Write down that this desk was put back, and how many entries its log had in the backup."""
    with transaction.atomic():
        append(Event.DESK_RESTORED, "desk", by=SHELL, data={"entries": entries, "made_at": made_at})


def note_moved(rows: int) -> None:
    """Write down, in the caller's transaction, that the desk came over from SQLite, with how many rows."""
    append(Event.DESK_MOVED, "desk", by=SHELL, data={"rows": rows, "to": connection.vendor})


def _reseal_field(model: type[models.Model], field: SealedTextField, count: _Count) -> None:
    rows = model._default_manager.exclude(**{field.name: as_stored(b"")})  # noqa: SLF001
    for batch in _in_batches(list(rows.values_list("pk", flat=True))):
        with transaction.atomic():
            for pk, value in model._default_manager.filter(pk__in=batch).values_list("pk", field.name):  # noqa: SLF001
                new = _resealed(blob_of(value), place_of(field, pk), count)
                if new:
                    model._default_manager.filter(pk=pk).update(**{field.name: as_stored(new)})  # noqa: SLF001


def _reseal_signals(count: _Count) -> None:
    rows = EntrySignal.objects.filter(type__in=SEALED_TYPES)
    for batch in _in_batches(list(rows.values_list("pk", flat=True))):
        with transaction.atomic():
            for row in EntrySignal.objects.filter(pk__in=batch):
                new = _resealed(bytes(row.value), place_of_signal(row.entry_id), count)
                if new:
                    row.value = new
                    row.save(update_fields=["value"])


def _reseal_factors(count: _Count) -> None:
    with transaction.atomic():
        for factor in Authenticator.objects.all():
            for name in FACTOR_FIELDS:
                if name in factor.data:
                    new = _resealed(base64.b64decode(factor.data[name]), factors.place(factor.user_id), count)
                    if new:
                        factor.data[name] = base64.b64encode(new).decode()
            factor.save(update_fields=["data"])


def _resealed(blob: bytes, place: str, count: _Count) -> bytes:
    """The value under the new key; empty where there is none, or where it is so already."""
    if not blob:
        return b""
    count.all += 1
    if crypto.is_under_newest_key(blob):
        return b""
    count.now += 1
    return crypto.seal_bytes(crypto.unseal_bytes(blob, place), place)


def _in_batches(pks: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(pks), BATCH):
        yield pks[start : start + BATCH]
