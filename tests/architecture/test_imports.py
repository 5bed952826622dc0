"""Imports point down only, across packages and inside a desk app, and stand at the top of a file."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"

# Each package with all that it may import of ours, besides itself and `argine` for the version.
LIBRARY = {
    "errors": set(),
    "jit": set(),
    "merkle": {"errors"},
    "law": {"errors"},
    "media": {"jit", "errors"},
    "signals": {"media", "jit", "errors"},
    "index": {"media", "jit", "errors"},
    "matching": {"index", "signals", "media", "jit", "errors"},
    "bench": {"matching", "index", "signals", "media", "jit", "errors"},
}
BELOW_DESK = set(LIBRARY)
# A connector lives in the platform's own Python, beside the packages that are there: what each may ask for.
CONNECTORS = {"forms": {"multipart"}, "django_uploads": {"django"}, "synapse": {"synapse"}, "telegram": {"aiogram"}}
PACKAGES = {
    **LIBRARY,
    "desk": BELOW_DESK,
    "connect": {"errors"},
    "scan": BELOW_DESK,
    "__main__": {"cli"},
    "cli": BELOW_DESK | {"desk", "connect", "scan"},
}

# The desk from the ground up. A part may import the rows below its own; its own row only in the topmost.
DESK_ROWS = (
    ("config_rules",),
    ("database_url",),
    ("config",),
    ("config_reading",),
    ("core",),
    ("audit",),
    ("clocks", "banks", "people", "jobs", "configuration"),
    ("cases", "exchange"),
    ("notify", "reports", "outward", "evidence"),
    ("dossier",),
    ("doctor",),
    ("monitoring",),
    ("intake", "console", "api", "hma", "feeds"),
    ("boot", "settings", "urls", "wsgi", "serve", "demo"),
)
DESK_RANK = {part: rank for rank, row in enumerate(DESK_ROWS) for part in row}
TOP_RANK = len(DESK_ROWS) - 1
NEVER = {("intake", "people")}

# The files of an app from the ground up; those of one row may not import one another, save in the topmost, and
# operations may ask queries. A file of another name has no place in the order.
FILE_ROWS = (
    ("enums",),
    ("models",),
    ("policies",),
    ("permissions",),
    ("queries",),
    ("operations",),
    ("forms", "views", "urls", "management"),
)
FILE_RANK = {name: rank for rank, row in enumerate(FILE_ROWS) for name in row}
TOP_FILES = FILE_ROWS[-1]


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def problems(module: str, source: str) -> list[str]:
    """Say what is wrong with the imports of one module, given its dotted name and its text."""
    tree = ast.parse(source)
    found = [f"line {node.lineno}: import inside a function" for node in imports_in_functions(tree)]
    for line, target in imported(tree):
        reason = why_forbidden(module, target)
        if reason:
            found.append(f"line {line}: {target}: {reason}")
    return found


def imports_in_functions(tree: ast.Module) -> list[ast.stmt]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, functions)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    return sorted(inside, key=lambda node: node.lineno)


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)


def why_forbidden(module: str, target: str) -> str:
    here, there = module.split("."), target.split(".")
    package = here[1] if len(here) > 1 else ""
    if target.startswith("."):
        return "relative import"
    if there[0] != "argine":
        return why_foreign_forbidden(here[1:], there[0])
    if len(there) == 1 or there[1].startswith("__") or not package:
        return ""
    if package not in PACKAGES or there[1] not in PACKAGES:
        return "a package without a place in the table of layers"
    if package != there[1]:
        return "" if there[1] in PACKAGES[package] else f"{package} may not import {there[1]}"
    return why_forbidden_in_desk(here[2:], there[2:]) if package == "desk" else ""


def why_foreign_forbidden(here: list[str], name: str) -> str:
    package = here[0] if here else ""
    if package == "connect" and name not in sys.stdlib_module_names | CONNECTORS.get(here[-1], set()) | {"_typeshed"}:
        return "a connector uses the standard library, and what its platform has"
    if package in LIBRARY and name == "django":
        return "the library never imports Django"
    if package == "merkle" and name not in sys.stdlib_module_names:
        return "merkle uses the standard library only"
    return ""


def why_forbidden_in_desk(here: list[str], there: list[str]) -> str:
    if not here or not there:
        return ""
    if here[0] == there[0]:
        return why_forbidden_in_app(here[1:], there[1:])
    if here[0] not in DESK_RANK or there[0] not in DESK_RANK:
        return "a part of the desk without a place in the table of layers"
    if (here[0], there[0]) in NEVER:
        return f"{here[0]} never imports {there[0]}"
    mine, other = DESK_RANK[here[0]], DESK_RANK[there[0]]
    if other > mine or (other == mine and mine != TOP_RANK):
        return f"{here[0]} may not import {there[0]}"
    return ""


def why_forbidden_in_app(here: list[str], there: list[str]) -> str:
    if not here or not there or here[0] not in FILE_RANK or there[0] not in FILE_RANK or here[0] == there[0]:
        return ""
    if FILE_RANK[there[0]] < FILE_RANK[here[0]] or (here[0] in TOP_FILES and there[0] in TOP_FILES):
        return ""
    return f"{here[0]} may not import {there[0]}"


@pytest.mark.parametrize(("module", "path"), [pytest.param(name, path, id=name) for name, path in modules()])
def test_every_module_imports_downward_only_and_at_its_top(module: str, path: Path) -> None:
    assert problems(module, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source", "problem"),
    [
        ("argine.index.x", "from argine.matching import Bank", "index may not import matching"),
        ("argine.index.x", "import argine.signals.pdq", "index may not import signals"),
        ("argine.index.x", "from argine import signals", "index may not import signals"),
        ("argine.media.x", "from argine.signals import pdq", "media may not import signals"),
        ("argine.desk.core.x", "from argine.cli import exits", "desk may not import cli"),
        ("argine.connect.x", "from argine.desk.core import time", "connect may not import desk"),
        ("argine.connect.wsgi", "import django", "what its platform has"),
        ("argine.connect.x", "from argine.signals import pdq", "connect may not import signals"),
        ("argine.law.x", "from argine.merkle import tree", "law may not import merkle"),
        ("argine.merkle.x", "import numpy", "standard library only"),
        ("argine.law.x", "from django.db import models", "never imports Django"),
        ("argine.new.x", "from argine.errors import ArgineError", "without a place"),
        ("argine.index.x", "from .errors import IndexFileError", "relative import"),
        ("argine.index.x", "def f():\n    import os", "import inside a function"),
        ("argine.index.x", "class A:\n    async def f(self):\n        from os import path", "inside a function"),
        (
            "argine.index.x",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from argine.desk import config",
            "index may not import desk",
        ),
        ("argine.desk.intake.views", "from argine.desk.console import forms", "intake may not import console"),
        ("argine.desk.intake.views", "from argine.desk.people.queries import x", "intake never imports people"),
        ("argine.desk.core.x", "from argine.desk import boot", "core may not import boot"),
        ("argine.desk.clocks.x", "import argine.desk.banks.models", "clocks may not import banks"),
        ("argine.desk.audit.x", "from argine.desk.cases.models import Case", "audit may not import cases"),
        ("argine.desk.new.x", "from argine.desk.core import time", "without a place"),
        ("argine.desk.cases.models", "from argine.desk.cases.operations import x", "models may not import operations"),
        ("argine.desk.cases.queries", "from argine.desk.cases import operations", "queries may not import operations"),
        ("argine.desk.cases.policies", "from argine.desk.cases import permissions", "policies may not import"),
        ("argine.desk.cases.operations", "from argine.desk.cases.views import x", "operations may not import views"),
    ],
)
def test_the_check_finds_a_planted_wrong_import(module: str, source: str, problem: str) -> None:
    (found,) = problems(module, source)
    assert problem in found


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("argine.cli.x", "from argine import __version__\nfrom argine.desk.core.errors import DeskError"),
        ("argine.connect.forms", "import multipart\nimport json\nfrom argine import __version__"),
        ("argine.matching.x", "from argine.index import HammingIndex\nfrom argine.signals.types import Signal"),
        ("argine.law.x", "from argine.errors import ArgineError\nimport tomllib"),
        ("argine.desk.cases.operations", "from argine.desk.cases import queries\nfrom argine.desk.banks import models"),
        ("argine.desk.cases.views", "from argine.desk.cases.forms import F\nfrom argine.desk.cases import operations"),
        ("argine.desk.urls", "from argine.desk import settings\nfrom argine.desk.intake import urls"),
        ("argine.desk.api.views", "from argine.desk.people import queries\nimport django"),
    ],
)
def test_the_check_lets_downward_imports_pass(module: str, source: str) -> None:
    assert problems(module, source) == []
