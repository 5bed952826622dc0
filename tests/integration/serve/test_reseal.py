"""Every sealed value gets a new key, also when it is interrupted; what only the old key opens is never lost."""

import base64
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.apps import apps
from django.conf import settings as desk
from django.db import connection
from PIL import Image
from skimage import data
from tests.factories import (
    every_fault,
    give_app,
    log_events,
    make_case,
    make_case_in,
    make_decision,
    make_host_record,
    make_host_watch,
    make_outward,
    make_page_record,
    make_received,
    make_staff,
    make_stuck,
)
from tests.raw_sql import raw

from argine.desk.banks.models import BankEntry, EntrySignal
from argine.desk.banks.queries import SEALED_TYPES, row_of, signal_of
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Notice
from argine.desk.cases.queries import receipt
from argine.desk.configuration.operations import change
from argine.desk.core import crypto, keys
from argine.desk.core.actor import SYSTEM
from argine.desk.core.crypto import SealError, seal, unseal
from argine.desk.core.fields import SealedTextField
from argine.desk.hma.models import ContentNote
from argine.desk.people import factors
from argine.desk.serve import operations
from argine.desk.serve.operations import reseal
from argine.signals.hasher import hash_file_bytes
from argine.signals.video import VideoSignal, vpdq

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(settings: Any, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(desk.KEYS, tmp_path / "keys")
    settings.KEYS = tmp_path / "keys"
    yield settings.KEYS
    crypto.forget_keys()


@pytest.fixture
def notice(default_banks: None) -> Notice:
    """A desk on which everything is sealed that can be: fields, patches, a second factor."""
    buffer = BytesIO()
    Image.fromarray(np.ascontiguousarray(data.chelsea())).save(buffer, "PNG")
    signals = list(hash_file_bytes(buffer.getvalue()).signals)
    made = make_case(pictures=[signals], statement="It was taken at home.", addresses=["https://forum.example/1"])
    make_decision(made.case)
    give_app(make_staff(), generate_totp_secret())
    return made.notice


def sealed_columns() -> dict[str, bytes]:
    """One raw value of each kind, as it stands in the database."""
    with connection.cursor() as cursor:
        found = {}
        for name, query in {
            "statement": "SELECT statement FROM cases_notice WHERE length(statement) > 0",
            "address": "SELECT url FROM cases_address",
            "reasons": "SELECT reasons FROM cases_decision",
            "patches": "SELECT value FROM banks_entrysignal WHERE type = 'patch'",
        }.items():
            found[name] = bytes(cursor.execute(query).fetchone()[0])
    return found | {"factor": base64.b64decode(Authenticator.objects.get().data["secret"])}


@pytest.fixture
def all_apps(notice: Notice) -> None:
    """Something sealed of every app that seals: also letters, records, partners, settings, films, notes of tools."""
    case = notice.case
    make_stuck(case)
    make_outward()
    make_received()
    make_page_record(case)
    make_host_record(case)
    make_host_watch(make_case_in(CaseState.REMOVED, addresses=["https://a.example/1"]))
    change({"platform_name": "Forum"}, by=SYSTEM)
    entry = BankEntry.objects.filter(case_id=case.pk)[0]
    # Put in past the log, which tells so: what it finds must be the same after as before.
    row_of(entry.pk, VideoSignal(1000, 0, 0, vpdq.from_text("[]").rows).signal()).save()
    ContentNote.objects.create(entry=entry, note="From a tool.")


def blobs_under(start: bytes) -> set[str]:
    """The tables in which a value of any column, also in base64 within a text, begins as those of one key do."""
    found, text = set(), base64.b64encode(start)[:4].decode()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for row in cursor.execute(f'SELECT * FROM "{table}"').fetchall():
                values = [bytes(value) for value in row if isinstance(value, bytes | memoryview)]
                texts = [value for value in row if isinstance(value, str)]
                if any(value.startswith(start) for value in values) or any(f'"{text}' in value for value in texts):
                    found.add(table)
    return found


def apps_that_seal() -> set[str]:
    models = [one for one in apps.get_models() if any(isinstance(f, SealedTextField) for f in one._meta.fields)]
    return {one._meta.app_label for one in models}


def test_no_table_of_any_app_keeps_a_value_under_the_old_key(all_apps: None, notice: Notice) -> None:
    old = bytes(sealed_columns()["statement"][: 1 + crypto.KEY_ID_BYTES])
    before, faults = blobs_under(old), every_fault()
    assert {name.partition("_")[0] for name in before} >= apps_that_seal() | {"banks", "mfa"}
    reseal()
    assert blobs_under(old) == set()
    assert blobs_under(sealed_columns()["statement"][: 1 + crypto.KEY_ID_BYTES]) == before
    assert all(signal_of(row).value for row in EntrySignal.objects.filter(type__in=SEALED_TYPES))
    assert ContentNote.objects.get().note == "From a tool."
    assert every_fault() == faults


def old_key_only(folder: Path, retired: Path) -> None:
    """Put the desk back under the key that was retired, as who has only an old copy of the keys."""
    shutil.copy(retired, folder / keys.FIELDS)
    crypto.forget_keys()


def test_everything_is_under_the_new_key_and_reads_as_before(notice: Notice, own_keys: Path) -> None:
    before, place = sealed_columns(), factors.place(Authenticator.objects.get().user_id)
    secret = unseal(before["factor"], place)
    done = reseal()
    after = sealed_columns()
    assert done.now == done.all == 9
    assert all(before[name] != after[name] for name in before)
    assert all(crypto.is_under_newest_key(blob) for blob in after.values())
    assert Notice.objects.get(pk=notice.pk).statement == "It was taken at home."
    assert unseal(after["factor"], place) == secret
    assert all(signal_of(row).value for row in EntrySignal.objects.filter(type__in=SEALED_TYPES))
    assert receipt(Notice.objects.get(pk=notice.pk))["notice"]
    assert every_fault() == []
    assert log_events("desk")[-1] == "desk.fields_resealed"


def test_the_old_key_opens_nothing_any_more_and_is_kept_apart(notice: Notice, own_keys: Path) -> None:
    old = (own_keys / keys.FIELDS).read_text()
    done = reseal()
    assert done.retired.read_text() == old
    assert done.retired.stat().st_mode & 0o077 == 0
    assert not (own_keys / keys.FIELDS_NEXT).exists()
    assert (own_keys / keys.FIELDS).read_text() != old
    old_key_only(own_keys, done.retired)
    with pytest.raises(SealError):
        _ = Notice.objects.get(pk=notice.pk).statement


def test_two_changes_on_one_day_keep_both_old_keys(notice: Notice, own_keys: Path) -> None:
    assert reseal().retired != reseal().retired
    assert Notice.objects.get(pk=notice.pk).statement == "It was taken at home."


def test_what_was_interrupted_opens_meanwhile_and_goes_on(
    notice: Notice, own_keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(Exception):
        pass

    def cut(*_: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patched:
        patched.setattr(operations, "_reseal_signals", cut)
        with pytest.raises(PowerCutError):
            reseal()
    assert (own_keys / keys.FIELDS_NEXT).exists()
    # The desk may run between the two: both keys open, the new one seals.
    assert Notice.objects.get(pk=notice.pk).statement == "It was taken at home."
    assert unseal(seal("later", "somewhere"), "somewhere") == "later"
    assert every_fault() == []
    done = reseal()
    assert 0 < done.now < done.all
    assert Notice.objects.get(pk=notice.pk).statement == "It was taken at home."
    assert all(crypto.is_under_newest_key(blob) for blob in sealed_columns().values())


def test_a_value_that_cannot_be_opened_stops_it_and_no_key_is_lost(notice: Notice, own_keys: Path) -> None:
    raw("UPDATE cases_notice SET statement = zeroblob(40)")
    old = (own_keys / keys.FIELDS).read_text()
    with pytest.raises(SealError):
        reseal()
    assert (own_keys / keys.FIELDS).read_text() == old
    assert (own_keys / keys.FIELDS_NEXT).exists()


def test_values_of_before_there_were_key_ids_open_and_are_brought_over(notice: Notice, own_keys: Path) -> None:
    key = crypto.AESGCM(keys.read(own_keys, keys.FIELDS))
    place = f"cases_notice.statement.{notice.pk}"
    blob = crypto.WITHOUT_ID + bytes(12) + key.encrypt(bytes(12), b"From long ago.", place.encode())
    raw("UPDATE cases_notice SET statement = %s", blob)
    assert Notice.objects.get(pk=notice.pk).statement == "From long ago."
    reseal()
    assert Notice.objects.get(pk=notice.pk).statement == "From long ago."
    assert sealed_columns()["statement"][:1] == crypto.VERSION


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x02", b"\x02abcd", b"\x03" * 50, b"\x01" + bytes(11)])
def test_what_is_no_sealed_value_is_told_so(blob: bytes) -> None:
    with pytest.raises(SealError):
        crypto.unseal_bytes(blob, "x")
