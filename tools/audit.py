"""Are known faults in the packages that a desk runs with? pip-audit asks the package index, where the network allows.

Without it nothing can be compared, and one line says so: `./dev check` works offline. `ARGINE_AUDIT=required` makes
that a failure, for a machine that must know; `ARGINE_AUDIT=off` asks nobody.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "run.txt"
TIMEOUT_S, LIMIT_S = 8, 90
OK, FAILED = 0, 1


@dataclass(frozen=True, slots=True)
class Found:
    """What was learned: `faults` are sentences; `unknown` packages were not compared; `trouble` says why none was."""

    faults: tuple[str, ...] = ()
    compared: int = 0
    unknown: int = 0
    trouble: str = ""


def ask() -> Found:
    words = [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--require-hashes", "--disable-pip"),
        *("--timeout", str(TIMEOUT_S), "--format", "json", "--progress-spinner", "off"),
    ]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=LIMIT_S)  # noqa: S603 - our own words
    except subprocess.TimeoutExpired:
        return Found(trouble="the index did not answer in time")
    return read(done.stdout)


def read(answer: str) -> Found:
    """Read pip-audit's answer. It calls packages that its index does not know well: they are counted apart."""
    try:
        packages: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Found(trouble="the index cannot be reached")
    compared = [package for package in packages if "skip_reason" not in package]
    unknown = len(packages) - len(compared)
    if not compared:
        return Found(unknown=unknown, trouble="the index that is reachable here knows no faults")
    faults = (_sentence(package, fault) for package in compared for fault in package["vulns"])
    return Found(tuple(faults), len(compared), unknown)


def _sentence(package: dict[str, Any], fault: dict[str, Any]) -> str:
    mended = ", ".join(fault["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {fault['id']}, mended in {mended}"


def told(found: Found, rule: str) -> tuple[str, int]:
    """What to say of it, and the exit code."""
    if found.faults:
        return "\n".join(["Packages with known faults:", *(f"  {fault}" for fault in found.faults)]), FAILED
    if found.trouble:
        text = f"Known faults of packages: NOT compared, {found.trouble}."
        return text, FAILED if rule == "required" else OK
    text = f"Known faults of packages: none in {found.compared} packages"
    if not found.unknown:
        return f"{text}.", OK
    return f"{text}; {found.unknown} could not be compared.", FAILED if rule == "required" else OK


def main() -> int:
    rule = os.environ.get("ARGINE_AUDIT", "")
    if rule == "off":
        print("Known faults of packages: NOT compared, ARGINE_AUDIT=off.")  # noqa: T201
        return OK
    text, code = told(ask(), rule)
    print(text, file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
