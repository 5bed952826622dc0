"""The list of all packages that a desk runs with, for machines: CycloneDX 1.6, made from the lock.

`python -m tools.sbom` writes it to standard output. The same lock gives the same bytes: no time and no random number is
in it, so that a copy can be compared. Packages are the lock's for every platform; each says where it is used.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).resolve().parent.parent
LOCK, LICENCES = ROOT / "requirements" / "run.txt", ROOT / "tools" / "licences.toml"
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>.+))?$")
HASH = re.compile(r"--hash=sha256:(?P<digest>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Package:
    """One line of the lock: `hashes` are those of the files it is published as; any of them may be installed."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(text: str) -> Iterator[Package]:
    """Read the packages of a hash-locked requirements file.

    Raises:
        ValueError: a line is none that the lock writes.
    """
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        pinned, hashes = line.partition("--hash")[0].strip(), HASH.findall(line)
        found = PINNED.match(pinned)
        if found is None or not hashes:
            raise ValueError(f"The lock has a line that is none: {pinned}")
        yield Package(found["name"].lower(), found["version"], found["marker"] or "", tuple(hashes))


def own() -> dict[str, str]:
    project: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project


def bom(packages: list[Package], licences: dict[str, dict[str, str]]) -> dict[str, object]:
    """Make the list.

    Raises:
        KeyError: a package has no line in tools/licences.toml.
    """
    project = own()
    root = f"pkg:pypi/{project['name']}@{project['version']}"
    components = [_component(package, licences) for package in packages]
    serial = uuid5(NAMESPACE_URL, json.dumps(components, sort_keys=True))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": project["name"],
                "version": project["version"],
                "description": project["description"],
                "licenses": [{"expression": project["license"]}],
            },
        },
        "components": components,
        "dependencies": [{"ref": root, "dependsOn": [package.purl for package in packages]}],
    }


def _component(package: Package, licences: dict[str, dict[str, str]]) -> dict[str, object]:
    notes = {"marker": package.marker, "bundled": licences["bundled"].get(package.name, "")}
    found: dict[str, object] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "licenses": [{"expression": licences["package"][package.name]}],
        "purl": package.purl,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.hashes],
    }
    properties = [{"name": f"argine:{name}", "value": value} for name, value in notes.items() if value]
    return {**found, "properties": properties} if properties else found


def text() -> str:
    made = bom(list(locked(LOCK.read_text("utf-8"))), tomllib.loads(LICENCES.read_text("utf-8")))
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    try:
        sys.stdout.write(text())
    except KeyError as error:
        print(f"{error.args[0]} has no line in tools/licences.toml: read its licence and add it.", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
