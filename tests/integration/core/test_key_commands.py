"""Keys that a program of the operator's wraps: nothing opens without it, and a failure leaves them as they were."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from argine.desk.core import key_commands, keys
from argine.desk.core.key_commands import Commands, KeyCommandError

# A stand-in for a KMS that is honest work: AES-GCM under a key that lies elsewhere.
KMS = """\
import sys
from cryptography.fernet import Fernet
box, given = Fernet(open(sys.argv[2], "rb").read()), sys.stdin.buffer.read()
sys.stdout.buffer.write(box.encrypt(given) if sys.argv[1] == "wrap" else box.decrypt(given))
"""


def commands(folder: Path, key: str = "elsewhere") -> Commands:
    words = [shlex.join([sys.executable, str(folder / "kms.py"), way, str(folder / key)]) for way in ("wrap", "unwrap")]
    return Commands(*words)


@pytest.fixture
def kms(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "kms.py").write_text(KMS)
    for name in ("elsewhere", "other"):
        (tmp_path / name).write_bytes(Fernet.generate_key())
    key_commands.use(commands(tmp_path))
    yield tmp_path
    key_commands.use(Commands())


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("*.key")}


def test_new_keys_are_wrapped_at_once_and_read_as_others(kms: Path) -> None:
    keys.create_missing(kms / "keys")
    assert all(map(key_commands.is_wrapped, contents(kms / "keys").values()))
    assert keys.lie_open(kms / "keys") == []
    assert len({keys.read(kms / "keys", name) for name in (keys.FIELDS, keys.CODES, keys.LOG)}) == 3
    assert keys.webhook_key(kms / "keys").public_key() == keys.webhook_key(kms / "keys").public_key()
    assert key_commands.is_wrapped((kms / "keys" / keys.WEBHOOK).read_text())


def test_open_keys_are_wrapped_later_and_opened_again_each_to_the_same(kms: Path) -> None:
    key_commands.use(Commands())
    keys.create_missing(kms / "keys")
    before = contents(kms / "keys")
    (kms / "keys" / "platform-api.key").write_text("argine_for_a_person_to_read")
    key_commands.use(commands(kms))
    assert keys.wrap_all(kms / "keys") == sorted(before)
    assert keys.wrap_all(kms / "keys") == []
    assert not any(plain.strip() in "".join(contents(kms / "keys").values()) for plain in before.values())
    assert all((kms / "keys" / name).stat().st_mode & 0o077 == 0 for name in before)
    assert keys.unwrap_all(kms / "keys") == sorted(before)
    assert {name: content for name, content in contents(kms / "keys").items() if name in before} == before


@pytest.mark.parametrize(
    ("unwrap", "said"),
    [
        ("", "set ARGINE_KEY_UNWRAP_COMMAND"),
        ("/nowhere/kms", "cannot be started"),
        ("'open quote", "cannot be started"),
        (shlex.join([sys.executable, "-c", "raise SystemExit(3)"]), "exit code 3"),
        (shlex.join([sys.executable, "-c", ""]), "wrote nothing"),
        (shlex.join([sys.executable, "-c", "print('x' * 70000)"]), "far more"),
        (shlex.join([sys.executable, "-c", "print(chr(228))"]), "damaged"),
    ],
)
def test_where_the_program_fails_it_is_said_and_no_key_told(kms: Path, unwrap: str, said: str) -> None:
    keys.create_missing(kms / "keys")
    key_commands.use(Commands("", unwrap))
    with pytest.raises(KeyCommandError, match=said):
        keys.read(kms / "keys", keys.FIELDS)


def test_a_program_that_waits_for_ever_is_given_up(kms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.create_missing(kms / "keys")
    monkeypatch.setattr(key_commands, "PATIENCE_S", 0.2)
    key_commands.use(Commands("", shlex.join([sys.executable, "-c", "import time; time.sleep(60)"])))
    with pytest.raises(KeyCommandError, match="no answer"):
        keys.read(kms / "keys", keys.FIELDS)


def test_keys_are_not_wrapped_by_what_does_not_open_them_again(kms: Path) -> None:
    key_commands.use(Commands())
    keys.create_missing(kms / "keys")
    before = contents(kms / "keys")
    wrap, unwrap = commands(kms).wrap, shlex.join([sys.executable, "-c", "print('another key')"])
    for wrong in (Commands(wrap, unwrap), Commands(wrap, commands(kms, "other").unwrap), Commands(wrap, "")):
        key_commands.use(wrong)
        with pytest.raises(KeyCommandError):
            keys.wrap_all(kms / "keys")
    assert contents(kms / "keys") == before


def test_the_program_is_asked_once_for_each_key(kms: Path) -> None:
    keys.create_missing(kms / "keys")
    (kms / "kms.py").unlink()
    assert keys.read(kms / "keys", keys.LOG) == keys.read(kms / "keys", keys.LOG)


def test_changing_the_key_of_sealed_fields_wraps_the_new_one_and_keeps_the_old(kms: Path) -> None:
    keys.create_missing(kms / "keys")
    old = keys.read(kms / "keys", keys.FIELDS)
    keys.begin_new_fields_key(kms / "keys")
    retired = keys.finish_new_fields_key(kms / "keys", "20261126")
    assert keys.read(kms / "keys", retired.name) == old != keys.read(kms / "keys", keys.FIELDS)
    assert keys.lie_open(kms / "keys") == []
