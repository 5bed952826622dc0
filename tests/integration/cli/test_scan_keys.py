"""A scan goes on after the desk's key was changed: from the old key while it lies there, else by hashing again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as desk_settings
from tests.integration.cli.test_scan import Run, bank, cat, library, out, report, scan, unconfined

from argine.cli.exits import Exit
from argine.desk.core import crypto, keys
from argine.desk.core.crypto import is_under_newest_key
from argine.scan import hashing

__all__ = ("cat", "library", "out", "scan", "unconfined")  # fixtures


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, settings: Any) -> Iterator[Path]:
    folder = tmp_path / "keys"
    keys.create_missing(folder)
    settings.KEYS = folder
    crypto.forget_keys()
    yield folder
    crypto.forget_keys()


def change_key() -> Path:
    """As `argine secrets rotate` ends."""
    keys.begin_new_fields_key(desk_settings.KEYS)
    retired = keys.finish_new_fields_key(desk_settings.KEYS, "20261126")
    crypto.forget_keys()
    return retired


def kept(out: Path) -> list[bytes]:
    with closing(sqlite3.connect(out.with_name("report.jsonl.book"))) as book:
        return [blob for (blob,) in book.execute("SELECT signals FROM file WHERE signals IS NOT NULL")]


def test_with_the_old_key_the_signals_are_sealed_anew_and_nothing_is_read_again(
    scan: Run, run: Run, cat: Path, library: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan()
    before = kept(out)
    change_key()
    bank(run, library, "cat.png")
    monkeypatch.setattr(hashing, "read", lambda *_: pytest.fail("nothing may be read again"))
    result = scan("--resume", "--record")
    assert result.exit_code == Exit.BAD_INPUT
    assert f"the signals of {len(before)} files were sealed anew" in result.stderr
    assert report(out)["2026/part.jpg"]["verdict"] == "block"
    assert all(is_under_newest_key(blob) for blob in kept(out))
    assert "sealed anew" not in scan("--resume").stderr


def test_without_the_old_key_the_files_are_hashed_again_and_that_is_said(
    scan: Run, run: Run, cat: Path, library: Path, out: Path
) -> None:
    bank(run, library, "cat.png")
    scan()
    told = report(out)
    before = kept(out)
    change_key().unlink()
    crypto.forget_keys()
    result = scan("--resume")
    assert f"The signals of {len(before)} files cannot be opened" in result.stderr
    assert "hashed again" in result.stderr
    assert report(out) == told
    assert len(kept(out)) == len(before)
    assert all(is_under_newest_key(blob) for blob in kept(out))


def test_signals_that_were_altered_cost_one_hashing(scan: Run, run: Run, cat: Path, library: Path, out: Path) -> None:
    scan()
    change_key()
    with closing(sqlite3.connect(out.with_name("report.jsonl.book"))) as book, book:
        book.execute("UPDATE file SET signals = X'02' || zeroblob(40) WHERE content_id = 'coffee.png'")
    result = scan("--resume")
    assert "The signals of 1 files cannot be opened" in result.stderr
    assert all(is_under_newest_key(blob) for blob in kept(out))
