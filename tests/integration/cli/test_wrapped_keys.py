"""A real desk whose keys are wrapped by `openssl`: with it all goes on, without it nothing opens, also of a backup."""

import shutil
from pathlib import Path

import pytest
from tests.integration.cli.test_folder import argine

from argine.cli.exits import Exit
from argine.desk.core import key_commands, keys

OPENSSL = shutil.which("openssl")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")]


def test_a_desk_with_wrapped_keys_works_with_the_program_and_not_without(tmp_path: Path) -> None:
    stick, passphrase = tmp_path / "stick", tmp_path / "passphrase"
    stick.write_text("seven words that nobody else would write\n")
    passphrase.write_text("some other words, long enough\n")
    folder, backup = tmp_path / "data", tmp_path / "backup"
    words = f"{OPENSSL} enc -aes-256-cbc -pbkdf2 -pass file:{stick}"
    wrap, unwrap = {"ARGINE_KEY_WRAP_COMMAND": words}, {"ARGINE_KEY_UNWRAP_COMMAND": f"{words} -d"}
    both = wrap | unwrap

    refused = argine(folder, "staff", "invite", "--role", "operator", **wrap)
    assert "ARGINE_KEY_WRAP_COMMAND needs ARGINE_KEY_UNWRAP_COMMAND" in refused.stderr
    assert not folder.exists()
    assert argine(folder, "staff", "invite", "--role", "operator").returncode == Exit.OK
    refused = argine(folder, "secrets", "wrap-keys")
    assert (refused.returncode, "Set ARGINE_KEY_WRAP_COMMAND" in refused.stderr) == (Exit.REFUSED, True)

    wrapped = argine(folder, "secrets", "wrap-keys", **both)
    assert (wrapped.returncode, keys.FIELDS in wrapped.stdout) == (Exit.OK, True), wrapped.stderr
    assert key_commands.is_wrapped((folder / "keys" / keys.FIELDS).read_text())
    assert argine(folder, "log", "verify", **unwrap).returncode == Exit.OK
    assert argine(folder, "secrets", "rotate", **both).returncode == Exit.OK
    done = argine(folder, "backup", backup, "--passphrase-file", passphrase, **unwrap)
    assert done.returncode == Exit.OK, done.stderr

    stick.rename(tmp_path / "in a safe")
    stolen = argine(folder, "log", "verify", **unwrap)
    from_backup = argine(tmp_path / "new", "restore", backup, "--passphrase-file", passphrase, **unwrap)
    for done in (stolen, from_backup):
        assert done.returncode not in {Exit.OK, Exit.DIFFERENT}
        assert "ARGINE_KEY_UNWRAP_COMMAND failed with exit code 1" in done.stderr
        assert "Traceback" not in done.stderr
    (tmp_path / "in a safe").rename(stick)

    shutil.rmtree(tmp_path / "new", ignore_errors=True)
    restored = argine(tmp_path / "new", "restore", backup, "--passphrase-file", passphrase, **unwrap)
    assert restored.returncode == Exit.OK, restored.stderr
    assert argine(folder, "secrets", "wrap-keys", "--undo", **unwrap).returncode == Exit.OK
    assert not key_commands.is_wrapped((folder / "keys" / keys.FIELDS).read_text())
    assert argine(folder, "log", "verify").returncode == Exit.OK
