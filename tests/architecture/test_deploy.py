"""What is handed to machines fits the program: its files, its settings, its commands."""

import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Command, Context, Group

from argine.cli.main import main
from argine.desk.config import Config
from argine.desk.config_rules import variable

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KNOWN = {variable(item.name) for item in fields(Config)}
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8")))


def options_of(words: list[str]) -> set[str]:
    """The options that a command of `argine` takes."""
    context, command = Context(main), main
    for word in words:
        if not isinstance(command, Group) or (found := command.get_command(context, word)) is None:
            break
        command = found  # type: ignore[assignment]
    assert isinstance(command, Command)
    return {option for parameter in command.params for option in parameter.opts}


def test_every_node_is_built_from_the_lock_and_differs_from_the_others_in_name_and_folder_alone(
    compose: dict[str, Any],
) -> None:
    one, two = compose["services"]["one"], compose["services"]["two"]
    assert one["build"] == two["build"] == {"context": "..", "dockerfile": "deploy/Containerfile"}
    assert [node["environment"].pop("ARGINE_NODE") for node in (one, two)] == ["one", "two"]
    assert one["environment"] == two["environment"]
    assert set(one["environment"]) <= KNOWN
    kept = {volume.partition(":")[0] for node in (one, two) for volume in node["volumes"]}
    assert kept <= set(compose["volumes"])
    assert "keys:/var/lib/argine/keys" in set(one["volumes"]) & set(two["volumes"])


def test_no_password_stands_in_the_file_and_no_database_is_reached_from_outside(compose: dict[str, Any]) -> None:
    assert compose["secrets"] == {"database_password": {"file": "./database_password"}}
    assert "ports" not in compose["services"]["database"]
    assert not re.search(r"PASSWORD: ", (DEPLOY / "compose.yaml").read_text("utf-8"))


def test_the_container_file_copies_what_is_there_and_installs_by_the_script_of_the_lock() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for word in line.split()[:-1]]
    assert copied
    assert all((ROOT / name).exists() for name in copied)
    assert {"requirements", "src", "browser", "pyproject.toml", "dev"} <= set(copied)
    assert "RUN ./dev setup run" in text
    assert all(f'"{word}"' not in text or word in options_of(["up"]) for word in re.findall(r'"(--[a-z-]+)"', text))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_every_unit_starts_a_command_that_exists_with_options_that_it_takes(unit: Path) -> None:
    words = re.findall(r"^ExecStart=/opt/argine/\.venv/bin/argine (.+)$", unit.read_text("utf-8"), re.MULTILINE)[
        0
    ].split()
    assert {word for word in words if word.startswith("--")} <= options_of(words)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here: apt install systemd")
@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").iterdir()), ids=lambda unit: unit.name)
def test_systemd_understands_every_line_of_a_unit(unit: Path) -> None:
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    told = [line for line in found.stderr.splitlines() if unit.name in line]
    # The program is not installed on the machine that tests.
    assert [line for line in told if "is not executable" not in line] == []
