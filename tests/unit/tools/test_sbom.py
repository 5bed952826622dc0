"""The list of packages for machines covers the lock, is read by the format's own library, and tells each licence."""

import importlib.metadata
import json
import re
import tomllib
from io import StringIO

import pytest
from cyclonedx.model.bom import Bom
from license_expression import get_spdx_licensing
from tools import sbom
from tools.docs import REFERENCE


@pytest.fixture(scope="module")
def made() -> dict[str, object]:
    return dict(json.loads(sbom.text()))


def lines_of_lock() -> dict[str, set[str]]:
    """Read the lock in another way than the tool: by pip's own separator of names and versions, block by block."""
    found: dict[str, set[str]] = {}
    name = ""
    for line in sbom.LOCK.read_text("utf-8").splitlines():
        if line[:1].isalnum():
            name = line.split(" ")[0]
            found[name] = set()
        found[name] |= set(re.findall(r"sha256:([0-9a-f]+)", line))
    return found


def test_every_locked_package_is_there_with_all_its_hashes_and_a_licence(made: dict[str, object]) -> None:
    components = {f"{one['name']}=={one['version']}": one for one in made["components"]}  # type: ignore[attr-defined]
    told = {name: {entry["content"] for entry in one["hashes"]} for name, one in components.items()}
    assert told == lines_of_lock()
    assert len(told) > 35
    assert all(one["licenses"][0]["expression"] for one in components.values())


def test_every_licence_is_an_spdx_expression(made: dict[str, object]) -> None:
    known = get_spdx_licensing()
    expressions = {one["licenses"][0]["expression"] for one in made["components"]}  # type: ignore[attr-defined]
    assert {text for text in expressions if known.validate(text).errors} == set()


def test_the_library_of_the_format_reads_it(made: dict[str, object]) -> None:
    read = Bom.from_json(made)  # type: ignore[attr-defined]
    assert len(read.components) == len(lines_of_lock())
    assert {str(one.purl) for one in read.components} >= {"pkg:pypi/django@" + importlib.metadata.version("django")}


def test_the_table_of_licences_agrees_with_what_installed_packages_say() -> None:
    table = tomllib.loads(sbom.LICENCES.read_text("utf-8"))["package"]
    pinned = {package.name: package.version for package in sbom.locked(sbom.LOCK.read_text("utf-8"))}
    assert set(table) == set(pinned)
    for name, licence in table.items():
        try:
            said = importlib.metadata.metadata(name).get("License-Expression")
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform
        assert said in (None, licence), name


def test_the_same_lock_gives_the_same_bytes_and_the_committed_copy_is_current() -> None:
    assert sbom.text() == sbom.text() == (REFERENCE / "sbom.cdx.json").read_text("utf-8")


def test_a_package_without_a_licence_stops_it_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = StringIO("new-one==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    packages = list(sbom.locked(lock.read()))
    assert packages == [sbom.Package("new-one", "1.0", "", ("0" * 64,))]
    monkeypatch.setattr(sbom, "locked", lambda _text: packages)
    assert sbom.main() == 1
    assert "new-one has no line in tools/licences.toml" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["new-one==1.0\n", "new-one>=1 \\\n    --hash=sha256:" + "0" * 64, "-e .\n"])
def test_a_line_that_locks_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="line that is none"):
        list(sbom.locked(text))
