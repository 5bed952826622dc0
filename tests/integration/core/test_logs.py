"""What a line of the log says, and that what somebody sent is in none, whoever writes it."""

import errno
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError
from django.db.utils import ConnectionHandler
from django.test import RequestFactory
from django.urls import Resolver404, resolve
from psycopg import errors

from argine.desk.config_reading import read
from argine.desk.config_rules import ConfigError
from argine.desk.core import logs
from argine.desk.core.errors import InvalidError
from argine.desk.core.metrics import LOG_LINES
from argine.desk.database_url import database_of
from argine.media.errors import TooManyBytes

MARK = "zqmark"


def record(name: str, message: object, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.ERROR, "/somewhere/place.py", 7, message, args, info)


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    error.__cause__ = cause
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


@pytest.fixture(autouse=True)
def journal_notes_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(logs.JOURNAL, "8:1234")


def both(one: logging.LogRecord) -> tuple[str, dict[str, object]]:
    return logs.PlainLine().format(one), json.loads(logs.JsonLine().format(one))


def test_where_no_journal_notes_it_a_plain_line_begins_with_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(logs.JOURNAL)
    plain, told = both(record("argine.desk.x", "The job %s failed", "records.purge"))
    assert plain == f"{told['at']} ERROR argine.desk.x: The job records.purge failed"


def test_our_own_line_is_written_whole() -> None:
    plain, told = both(record("argine.desk.x", "The job %s failed", "records.purge"))
    assert plain == "ERROR argine.desk.x: The job records.purge failed"
    assert told["message"] == "The job records.purge failed"
    assert {"at", "level", "logger", "pid", "where"} <= told.keys()
    assert (told["level"], told["where"]) == ("error", "place:7")


@pytest.mark.parametrize(
    ("message", "args"),
    [
        (f"Invalid request from ip=192.0.2.7: {MARK}", ()),
        (f"Something about {MARK}", ()),
        ("Internal Server Error: %s", (f"/status/{MARK}",)),
        ("%(who)s is wrong", ({"who": MARK},)),
        ("Error handling request %s %s", ("POST", f"/{MARK}")),
        ("%d of %s", (MARK, MARK)),
        (ValueError(MARK), ()),
        (f"100 % of {MARK} %s", ("x",)),
    ],
)
def test_what_another_package_says_is_written_without_its_words(message: object, args: tuple[object, ...]) -> None:
    plain, told = both(record("gunicorn.error", message, *args))
    assert MARK not in plain
    assert MARK not in json.dumps(told)
    assert "192.0.2.7" not in plain


def test_numbers_that_another_package_says_are_written() -> None:
    line, _ = both(record("gunicorn.error", "Worker (pid:%s) was sent %s!", 17, "SIGKILL"))
    assert line == f"ERROR gunicorn.error: Worker (pid:17) was sent {logs.LEFT_OUT}!"


def test_of_an_error_class_places_and_cause_are_written_but_not_its_text() -> None:
    error = raised(ValueError(MARK), cause=raised(OSError(errno.ENOSPC, MARK)))
    plain, told = both(record("argine.desk.x", "It failed", error=error))
    assert MARK not in plain
    assert MARK not in json.dumps(told)
    assert "builtins.ValueError at tests/integration/core/test_logs.py:" in plain.replace(
        str(logs.Path.cwd()) + "/", ""
    )
    assert "builtins.OSError (ENOSPC) at" in plain
    assert [found["type"] for found in told["errors"]] == ["builtins.ValueError", "builtins.OSError"]  # type: ignore[attr-defined]


def of_postgresql(kind: type[errors.Error]) -> DatabaseError:
    """An error of PostgreSQL as Django hands it on."""
    error = DatabaseError(MARK)
    error.__cause__ = kind(MARK)
    return error


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(errno.EROFS, MARK), "EROFS"),
        (OSError(MARK), ""),
        (TooManyBytes(MARK), TooManyBytes.code),
        (InvalidError(MARK), "invalid"),
        (OperationalError("database or disk is full"), "disk_full"),
        (of_postgresql(errors.DiskFull), "disk_full"),
        (of_postgresql(errors.ReadOnlySqlTransaction), "read_only"),
        (of_postgresql(errors.LockNotAvailable), "locked"),
        (of_postgresql(errors.UniqueViolation), ""),
        (OperationalError(f"near {MARK}: syntax error"), ""),
        (ValueError(MARK), ""),
    ],
)
def test_why_an_error_arose_is_told_by_a_code(error: BaseException, why: str) -> None:
    assert logs.why(error) == why


@pytest.mark.django_db
def test_a_server_that_is_not_there_is_told_by_a_code(tmp_path: Path) -> None:
    away = ConnectionHandler({"default": database_of(f"postgresql://argine@/desk?host={tmp_path}")})["default"]
    with pytest.raises(OperationalError) as told:
        away.ensure_connection()
    assert logs.why(told.value) == "no_database"
    assert logs.cannot_write(told.value)


def test_a_line_about_a_request_names_its_route_and_not_its_path() -> None:
    one = record("django.request", "Internal Server Error: %s", f"/console/welcome/{MARK}")
    one.request = RequestFactory().get(f"/console/welcome/{MARK}")
    assert both(one)[1]["route"] == "none"
    one.request.resolver_match = resolve(f"/console/welcome/{MARK}")
    plain, told = both(one)
    assert told["route"] == "console:welcome"
    assert plain.endswith("[console:welcome]")
    assert MARK not in plain


def test_a_path_of_this_machine_is_shortened_to_the_package() -> None:
    found = logs.fields(record("argine.x", "x", error=raised_in_django()))["errors"]
    assert "django/urls/resolvers.py:" in str(found)
    assert "site-packages" not in str(found)


def raised_in_django() -> BaseException:
    with pytest.raises(Resolver404) as caught:
        resolve("/zqnothing")
    return caught.value


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    yield
    logs.begin("")


def test_what_python_would_print_becomes_a_line(hooks: None, caplog: pytest.LogCaptureFixture) -> None:
    logs.begin("ticker")
    error = raised(ValueError(MARK))
    sys.excepthook(ValueError, error, error.__traceback__)  # type: ignore[arg-type]
    warnings.showwarning(UserWarning(MARK), UserWarning, "/somewhere/place.py", 3)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    lines = [logs.JsonLine().format(one) for one in caplog.records]
    assert len(lines) == 2
    assert not any(MARK in line for line in lines)
    assert {json.loads(line)["process"] for line in lines} == {"ticker"}
    assert caplog.records[1].getMessage() == "UserWarning at /somewhere/place.py:3"


def test_a_thread_that_ends_by_an_error_becomes_a_line(hooks: None, caplog: pytest.LogCaptureFixture) -> None:
    logs.begin("web")
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    assert [one.getMessage() for one in caplog.records] == ["A thread ended by an error"]


def test_lines_are_counted_by_level() -> None:
    before = LOG_LINES.labels("error")._value.get()
    logging.getLogger("argine.test").error("x")
    assert LOG_LINES.labels("error")._value.get() == before + 1


def test_another_format_is_refused_with_a_sentence() -> None:
    with pytest.raises(ConfigError, match="ARGINE_LOG_FORMAT must be one of plain, json"):
        read({"ARGINE_LOG_FORMAT": "xml"})
