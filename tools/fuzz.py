"""Fuzzing by coverage, with atheris (libFuzzer): `./dev fuzz TARGET [SECONDS [RUNS]]`, or `./dev fuzz keep TARGET`.

A run begins with the inputs that `tools.fuzz_targets` makes and those that are kept in tests/corpora, and puts what
reaches more of the code into build/fuzz/TARGET. An input that is not refused as it should be is written beside it and
named. `keep` takes from there into tests/corpora inputs of all lengths up to 2 kB: each reached something new when it
was found.
"""

import hashlib
import importlib
import shutil
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
KEPT, WORK = ROOT / "tests" / "corpora", ROOT / "build" / "fuzz"
SECONDS, MOST_MIB, HANG_S = 60, 3072, 20
LONGEST_KEPT, MOST_KEPT = 2048, 40
USAGE = 2


def main() -> int:
    words = sys.argv[1:]
    keep = words[:1] == ["keep"]
    name, *rest = words[1:] if keep else words or [""]
    if keep:
        return _keep(name)
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        print("Fuzzing needs atheris, which has packages for Linux and Python 3.11 to 3.13 only.", file=sys.stderr)  # noqa: T201
        return USAGE
    # What is counted as reached: our code and the libraries in Python below it.
    with atheris.instrument_imports(include=["argine", "PIL"]):
        targets = importlib.import_module("tools.fuzz_targets")
    if name not in targets.TARGETS:
        print(f"Targets: {', '.join(targets.TARGETS)}.", file=sys.stderr)  # noqa: T201
        return USAGE
    seconds, runs = (*map(int, rest), *(SECONDS, -1)[len(rest) :])
    _fuzz(atheris, targets.TARGETS[name], _run_words(name, targets, seconds, runs))
    return 0


def _keep(name: str) -> int:
    """Keep inputs that a run has found, in place of those that were kept before, which it began with."""
    found = sorted((WORK / name).iterdir(), key=lambda path: (path.stat().st_size, path.name))
    small = [path for path in found if path.stat().st_size <= LONGEST_KEPT]
    kept = [path.read_bytes() for path in small[:: max(1, -(-len(small) // MOST_KEPT))]]
    shutil.rmtree(KEPT / name, ignore_errors=True)
    (KEPT / name).mkdir(parents=True)
    for data in kept:
        (KEPT / name / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    print(f"Kept {len(kept)} of {len(found)} inputs in tests/corpora/{name}.")  # noqa: T201
    return 0


def _run_words(name: str, targets: ModuleType, seconds: int, runs: int) -> list[str]:
    seeds, work = WORK / f"{name}-seeds", WORK / name
    for folder in (seeds, work, KEPT / name):
        folder.mkdir(parents=True, exist_ok=True)
    for seed in targets.TARGETS[name].seeds():
        (seeds / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    bounds = [f"-rss_limit_mb={MOST_MIB}", f"-timeout={HANG_S}", f"-artifact_prefix={WORK}/{name}-"]
    limits = [
        f"-max_total_time={seconds}",
        f"-runs={runs}",
        f"-max_len={targets.TARGETS[name].longest}",
        "-print_final_stats=1",
    ]
    return [*limits, *bounds, str(work), str(seeds), str(KEPT / name)]


def _fuzz(atheris: ModuleType, target: object, words: list[str]) -> None:
    """Run until the time is over; ends the process."""
    atheris.Setup([sys.argv[0], *words], target.check)  # type: ignore[attr-defined]
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
