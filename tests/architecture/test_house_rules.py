"""Only operations write, only core/time reads the clock, only named places open sockets."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "argine"

# Calls that exist on models and managers only, and calls that others have too and that need a second look.
ALWAYS_WRITES = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
MAY_WRITE = {"save", "delete", "update"}
ASYNC = "a"
QUERYSET_WORDS = {"objects", "filter", "exclude", "all", "select_for_update", "order_by", "_default_manager"}

CLOCK_READS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
    ("time", "ctime"),
    ("timezone", "now"),
    ("timezone", "localtime"),
    ("timezone", "localdate"),
    ("functions", "Now"),
}
CLOCK_KEYWORDS = {"auto_now", "auto_now_add"}

SOCKET_MODULES = ("socket", "urllib.request", "http.client", "smtplib", "ftplib", "requests", "httpx", "aiohttp")

# What Django itself calls to keep something, beside the operations.
STORES = {"desk/core/shared.py": "its cache", "desk/people/sessions.py": "its sessions"}

# Where connections are made, and to whom.
SOCKET_PLACES = {
    "connect/": "the software of platforms, as the operator configured it",
    "desk/exchange/partners/": "partners, as the operator configured them",
    "desk/core/outside.py": "whatever address it judged to be public, or the operator configured",
    "desk/notify/smtp.py": "the mail server that the operator configured",
    "signals/pool.py": "its own confined children, over a pair of sockets",
    "signals/child.py": "its parent, over a pair of sockets",
    "desk/serve/connections.py": "nobody: those who have connected to it",
    "desk/serve/patient.py": "nobody: the same",
    "desk/serve/refusals.py": "nobody: the same",
    "bench/http.py": "the desk that the benchmark has started",
    "bench/soak.py": "the same",
    "cli/bench/http.py": "its own port, to see that it is free and then that it answers",
    "cli/desk/up.py": "its own port, to see that it is free and then that it answers",
    "cli/desk/check.py": "the server that the person names with --server",
}


def source_files(folder: str = "") -> Iterator[tuple[str, str]]:
    for path in sorted((SRC / folder).rglob("*.py")):
        name = path.relative_to(SRC).as_posix()
        if "/migrations/" not in name:
            yield name, path.read_text(encoding="utf-8")


def found_in(files: Iterator[tuple[str, str]], check: Callable[[str], list[str]]) -> dict[str, list[str]]:
    return {name: found for name, source in files if (found := check(source))}


def dotted(node: ast.AST) -> list[str]:
    """Give the names of a chain such as `Case.objects.filter(...)`: Case, objects, filter."""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=value, attr=name):
            return [*dotted(value), name]
        case ast.Call(func=function):
            return dotted(function)
        case ast.Subscript(value=value):
            return dotted(value)
    return []


def writes(source: str) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [f"line {call.lineno}: {'.'.join(dotted(call.func))}" for call in calls if is_write(call)]


def is_write(call: ast.Call) -> bool:
    """Tell a write to a model from the likes of `picture.save(file)`, `names.update(others)`, `cache.delete(key)`.

    A manager's or queryset's own words settle it. Else: what takes `by=` is an operation, which may be called
    anywhere; and a model's `save` and `delete` have no positional argument.
    """
    if not isinstance(call.func, ast.Attribute):
        return False
    method, receiver = call.func.attr, set(dotted(call.func.value))
    method = method if method in ALWAYS_WRITES | MAY_WRITE else method.removeprefix(ASYNC)
    if method not in ALWAYS_WRITES | MAY_WRITE:
        return False
    if receiver & QUERYSET_WORDS:
        return True
    if any(keyword.arg == "by" for keyword in call.keywords):
        return False
    return method in ALWAYS_WRITES or (method in {"save", "delete"} and not call.args)


def clock_reads(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute() if tuple(dotted(node)[-2:]) in CLOCK_READS:
                found.append(f"line {node.lineno}: {'.'.join(dotted(node))}")
            case ast.ImportFrom(module=str(module)):
                last = module.rpartition(".")[2]
                found += [f"line {node.lineno}: {name.name}" for name in node.names if (last, name.name) in CLOCK_READS]
            case ast.keyword(arg=name, value=ast.Constant(value=True)) if name in CLOCK_KEYWORDS:
                found.append(f"line {node.lineno}: {name}")
    return found


def socket_imports(source: str) -> list[str]:
    names: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                names += [(node.lineno, alias.name) for alias in node.names]
            case ast.ImportFrom(module=str(module)):
                names += [(node.lineno, f"{module}.{alias.name}") for alias in node.names]
    return [
        f"line {line}: {name}"
        for line, name in names
        if any(name == module or name.startswith(f"{module}.") for module in SOCKET_MODULES)
    ]


def may_write(name: str) -> bool:
    return "operations" in Path(name).with_suffix("").parts or name in STORES


def may_open_sockets(name: str) -> bool:
    return name.startswith(tuple(SOCKET_PLACES))


def test_only_operations_write() -> None:
    files = [*source_files("desk"), *source_files("cli")]
    assert found_in(((name, source) for name, source in files if not may_write(name)), writes) == {}


def test_only_core_time_reads_the_clock() -> None:
    files = ((name, source) for name, source in source_files() if name != "desk/core/time.py")
    assert found_in(files, clock_reads) == {}


def test_only_clients_of_partners_and_connectors_open_sockets() -> None:
    files = ((name, source) for name, source in source_files() if not may_open_sockets(name))
    assert found_in(files, socket_imports) == {}


@pytest.mark.parametrize(
    "source",
    [
        "case.save()",
        "case.save(update_fields=['state'])",
        "Case(number=1).save(force_insert=True)",
        "Case.objects.create(number=1)",
        "case.notices.create(text='x')",
        "Case.objects.filter(pk=1).update(state='closed')",
        "case.notices.all().delete()",
        "case.delete()",
        "await case.asave()",
        "Job.objects.get_or_create(key=1)[0]",
        "Node.objects.bulk_create(nodes)",
        "Case.objects.create(number=1, by=staff)",
    ],
)
def test_the_check_finds_a_planted_write(source: str) -> None:
    assert len(writes(f"async def f():\n    {source}")) == 1


@pytest.mark.parametrize(
    "source",
    [
        "picture.save(buffer, 'PNG')",
        "names.update({'a': 1})",
        "digest.update(data)",
        "cache.delete(key)",
        "operations.create(name='x', by=staff)",
        "keys.create_missing(folder)",
        "Case.objects.filter(state='open').count()",
        "update(1)",
    ],
)
def test_the_check_lets_other_calls_pass(source: str) -> None:
    assert writes(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "time.time()",
        "timezone.now()",
        "DateTimeField(default=timezone.now)",
        "DateTimeField(auto_now_add=True)",
        "from time import time",
        "from django.utils.timezone import now",
        "from django.db.models.functions import Now",
    ],
)
def test_the_check_finds_a_planted_reading_of_the_clock(source: str) -> None:
    assert len(clock_reads(source)) == 1


@pytest.mark.parametrize(
    "source",
    ["time.monotonic()", "time.perf_counter()", "time.now()", "from argine.desk.core.time import now", "now()"],
)
def test_the_check_lets_other_times_pass(source: str) -> None:
    assert clock_reads(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "import socket",
        "import urllib.request",
        "from urllib import request",
        "from urllib.request import urlopen",
        "from http.client import HTTPConnection",
        "import httpx",
    ],
)
def test_the_check_finds_a_planted_socket(source: str) -> None:
    assert len(socket_imports(source)) == 1


@pytest.mark.parametrize("source", ["from urllib.parse import urlsplit", "from http import HTTPStatus", "import ssl"])
def test_the_check_lets_other_modules_pass(source: str) -> None:
    assert socket_imports(source) == []


def migrations_of_rows() -> list[Path]:
    return [path for path in sorted(SRC.glob("desk/*/migrations/*.py")) if "RunPython(" in path.read_text("utf-8")]


@pytest.mark.parametrize("path", migrations_of_rows(), ids=lambda path: path.stem)
def test_what_a_migration_does_to_rows_it_does_in_the_database_that_is_migrated(path: Path) -> None:
    """A desk that moves has two: the one it leaves is brought up to date while the other is the default."""
    source = path.read_text("utf-8")
    assert source.count(".using(schema_editor.connection.alias)") == source.count(", schema_editor):")
