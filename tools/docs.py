"""The generated parts of docs/reference: made from the code, so that they cannot say otherwise.

`python -m tools.docs` writes; with `--check` it changes nothing and fails when a page is stale.
"""

import atexit
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from enum import Enum
from pathlib import Path

os.environ.setdefault("ARGINE_DATA", tempfile.mkdtemp(prefix="argine-docs-"))

import click  # the data folder is named before anything reads settings
from django.apps import apps

from argine.cli.main import main as argine
from argine.desk.boot import boot
from argine.desk.config import Config
from argine.desk.config_rules import variable
from tools.docs_capacity import scale
from tools.docs_law import regimes
from tools.docs_page import page, table
from tools.sbom import text as sbom

DATA = boot().data
# Only a folder that was made for this run is thrown away with it.
if DATA.name.startswith("argine-docs-"):
    atexit.register(shutil.rmtree, DATA, ignore_errors=True)

from argine.desk.api.urls import api  # noqa: E402  # models need Django to be up
from argine.desk.cases import enums as case_enums  # noqa: E402
from argine.desk.clocks import enums as clock_enums  # noqa: E402
from argine.desk.configuration.enums import SECTIONS  # noqa: E402
from argine.desk.console.settings_words import TITLES  # noqa: E402
from argine.desk.core import metrics as core_metrics  # noqa: E402
from argine.desk.monitoring import gauges  # noqa: E402
from argine.desk.notify import enums as notify_enums  # noqa: E402
from argine.desk.outward import enums as outward_enums  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"


SETTINGS = (
    "Settings are environment variables. A wrong value stops the start with a sentence that says what is wrong.",
    "",
    (
        "Those that name a part of the page *Settings* in the third column can be set in the console too, while the "
        "desk runs: every process takes them at its next request or pass, and each change is a log entry. What the "
        "environment says comes first; the console then shows it with its variable and does not change it. The others "
        "are for the environment alone, and need a new start."
    ),
)


def settings() -> str:
    rows = []
    for item in fields(Config):
        default = item.default if item.default is not MISSING else ""
        shown = ",".join(default) if isinstance(default, tuple) else str(default)
        where = next((str(TITLES[part]) for part, names in SECTIONS.items() if item.name in names), "no: at the start")
        rows.append([f"`{variable(item.name)}`", f"`{shown}`" if shown else "(empty)", where, item.metadata["help"]])
    return page("Settings", [*SETTINGS, "", *table(["variable", "default", "in the console", "what it is for"], rows)])


def _help_pages(command: click.Command, name: str, context: click.Context | None) -> Iterator[tuple[str, str]]:
    own = click.Context(command, info_name=name.rsplit(" ", maxsplit=1)[-1], parent=context, max_content_width=100)
    yield name, command.get_help(own)
    if isinstance(command, click.Group):
        for child in command.list_commands(own):
            found = command.get_command(own, child)
            if found is not None:
                yield from _help_pages(found, f"{name} {child}", own)


def cli() -> str:
    lines = []
    for name, text in _help_pages(argine, "argine", None):
        lines += [f"## `{name}`", "", "```text", *(line.rstrip() for line in text.splitlines()), "```", ""]
    return page("Command line", lines)


def _diagram(transitions: dict[Enum, frozenset[Enum]], first: Enum) -> list[str]:
    arrows = [
        f"    {source.value} --> {target.value}"
        for source in transitions
        for target in sorted(transitions[source], key=lambda state: str(state.value))
    ]
    ends = [f"    {state.value} --> [*]" for state, targets in transitions.items() if not targets]
    return ["```mermaid", "stateDiagram-v2", f"    [*] --> {first.value}", *arrows, *ends, "```", ""]


def states() -> str:
    lines = ["## Case", "", *_diagram(case_enums.TRANSITIONS, case_enums.CaseState.RECEIVED)]
    lines += table(["state", "what people read"], [[state.value, str(state.label)] for state in case_enums.CaseState])
    lines += ["## Appeal", "", *_diagram(case_enums.APPEAL_TRANSITIONS, case_enums.AppealState.OPEN)]
    lines += table(["state", "what people read"], [[state.value, str(state.label)] for state in case_enums.AppealState])
    lines += ["## Clock", "", *_diagram(clock_enums.TRANSITIONS, clock_enums.ClockState.RUNNING)]
    lines += ["", "## Outgoing message", ""]
    lines += _diagram(notify_enums.TRANSITIONS, notify_enums.MessageState.WAITING)
    lines += table(
        ["state", "what people read"], [[state.value, str(state.label)] for state in notify_enums.MessageState]
    )
    lines += ["", "## Notice to another platform", ""]
    lines += _diagram(outward_enums.TRANSITIONS, outward_enums.OutwardState.SENT)
    lines += table(
        ["state", "what people read"], [[state.value, str(state.label)] for state in outward_enums.OutwardState]
    )
    return page(
        "States", [*lines, "A clock that was missed and answered later stays missed; its `ended_at` says when."]
    )


STORED = (
    "Every field that Argine stores, what it says of a person, and how long it stays. A test refuses a field without "
    "a line here."
)


def stored() -> str:
    lines = [STORED, ""]
    for model in apps.get_models():
        if not model.__module__.startswith("argine."):
            continue
        privacy = model.PRIVACY  # type: ignore[attr-defined]  # a test holds that each has it
        meta = model._meta  # noqa: SLF001  # Django's documented name
        rows = [
            [item.name, privacy[item.name].kind.value, privacy[item.name].keep.value] for item in meta.concrete_fields
        ]
        lines += [f"## {meta.label}", "", *table(["field", "kind", "kept"], rows)]
    return page("What is stored", lines)


def openapi() -> str:
    return json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False, default=str) + "\n"


METRICS = (
    "What `GET /metrics` tells a key of the scope `metrics`, in the text form of Prometheus. Counts and times are "
    "those of all processes since `argine up`; the rest is read when it is asked for. Labels are words of a fixed "
    "list: no address, name, code or id of anybody is among them."
)


def metrics() -> str:
    counted = [
        [f"`{one._name}{SUFFIXES.get(one._type, '')}`", one._type, " ".join(one._labelnames), one._documentation]  # noqa: SLF001
        for one in core_metrics.COUNTED
    ]
    read = [[f"`{one.name}`", "gauge", " ".join(one.labels), one.help] for one in (*gauges.GAUGES, gauges.UNREADABLE)]
    rows = table(["metric", "kind", "labels", "what it says"], [*counted, *read])
    health = table(["address", "answers"], HEALTH)
    return page("Metrics", [METRICS, "", *rows, "## Health", "", HEALTH_TEXT, "", *health])


SUFFIXES = {"counter": "_total"}
HEALTH_TEXT = "Without a key, in JSON; each tells one word and what is missing, and nothing else."
HEALTH = [
    ["`/health/live`", "200 while the process answers at all. It asks nothing of database or disk."],
    [
        "`/health/ready`",
        (
            "200 when requests may be sent here, else 503 with `missing`: `database` (does not answer), `tables` (not "
            "those of this version), `banks` (not in memory yet), `disk` (full, or read-only)."
        ),
    ],
    ["`/health`", "200 when the database answers."],
    ["`/health/desk`", "200 when ticker and worker gave a sign of life lately, else 503 with those that did not."],
]

PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "cli.md": cli,
    "states.md": states,
    "regimes.md": regimes,
    "stored.md": stored,
    "metrics.md": metrics,
    "openapi.json": openapi,
    "../how-to/scale.md": scale,
    "sbom.cdx.json": sbom,
}


def main() -> int:
    stale = []
    for name, make in PAGES.items():
        path, text = REFERENCE / name, make()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if "--check" in sys.argv and stale:
        print(f"Stale: {', '.join(stale)}. Run ./dev docs.")  # noqa: T201
        return 1
    print(f"docs/reference is up to date: {len(PAGES)} pages.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
