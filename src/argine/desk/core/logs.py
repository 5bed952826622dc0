"""Log lines that say what failed and where, and nothing of anybody: plain, or JSON for programs.

What a person sent may stand in the text of an exception, in a requested path or in what a library says. So of an
exception only its class and places are written, of a request the name of its route, and of what other packages say the
sentence without what they put into it. Our own lines are written whole: they hold kinds, counts and ids.
"""

import errno
import json
import logging
import os
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from argine.desk.core import time
from argine.errors import ArgineError

OURS = "argine"
LEFT_OUT = "…"
WITHHELD = "something was said here whose words are left out, for they may hold what somebody sent"
# What SQLite says when it cannot write: constant sentences, and the first thing an operator has to know.
CANNOT_WRITE = {
    "database or disk is full": "disk_full",
    "disk I/O error": "disk_error",
    "attempt to write a readonly database": "read_only",
    "unable to open database file": "no_database",
    "database is locked": "locked",
}
# The same of PostgreSQL, by its codes (appendix A of its manual): its sentences may hold what was sent. An end of the
# connection amid a transaction is not among them, for nobody knows then whether it was written.
CANNOT_WRITE_STATES = {
    "08001": "no_database",
    "25006": "read_only",
    "53100": "disk_full",
    "55P03": "locked",
    "58030": "disk_error",
}
MOST_FRAMES, MOST_CAUSES = 12, 4
_PACKAGES = tuple(f"{place}{os.sep}" for place in sorted({str(Path(__file__).parents[3]), *sys.path}, key=len)[::-1])

# What a stranger's nonsense makes the web server say: with their address and words, and never of use.
UNREADABLE = "Invalid request from ip="

logger = logging.getLogger(__name__)
_process = {"name": ""}


# systemd sets it where standard error is its journal (systemd.exec(5)).
JOURNAL = "JOURNAL_STREAM"


class PlainLine(logging.Formatter):
    """One line for what is said, and one for each error behind it; with the time, unless a journal notes it anyway."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{record.levelname} {record.name}: {told(record)}"
        if JOURNAL not in os.environ:
            line = f"{_at(record)} {line}"
        if (route := _route(record)) is not None:
            line += f" [{route}]"
        return "\n".join([line, *_plain_errors(record)])


class JsonLine(logging.Formatter):
    """One JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(fields(record), ensure_ascii=True)


def fields(record: logging.LogRecord) -> dict[str, object]:
    """What a line says, by name; what is empty is left out."""
    found: dict[str, object] = {
        "at": _at(record),
        "level": record.levelname.lower(),
        "logger": record.name,
        "process": _process["name"],
        "pid": record.process,
        "message": told(record),
        "where": f"{record.module}:{record.lineno}",
        "route": _route(record),
        "errors": [_error(error) for error in _chain(record)],
    }
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _at(record: logging.LogRecord) -> str:
    return time.iso(datetime.fromtimestamp(record.created, UTC))


def told(record: logging.LogRecord) -> str:
    """What a record says, without what may be somebody's."""
    if record.name.partition(".")[0] == OURS:
        return record.getMessage()
    template = record.msg if isinstance(record.msg, str) else ""
    if template.startswith(UNREADABLE):
        return "A request could not be read"
    withheld = f"{WITHHELD} ({record.module}:{record.lineno})"
    if not record.args or "%" not in template:
        # Whether a finished sentence holds what was sent cannot be seen from here.
        return withheld
    try:
        return template % _without_words(record.args)
    except (TypeError, ValueError, KeyError):
        return withheld


def _without_words(args: object) -> object:
    if isinstance(args, Mapping):
        return {name: _number_or_nothing(value) for name, value in args.items()}
    return tuple(_number_or_nothing(value) for value in args) if isinstance(args, tuple) else LEFT_OUT


def _number_or_nothing(value: object) -> object:
    return value if isinstance(value, int | float) else LEFT_OUT


def _route(record: logging.LogRecord) -> str | None:
    """The name of the route of the request that a record is about. Its path may hold a token or an id."""
    request = getattr(record, "request", None)
    if request is None:
        return None
    match = getattr(request, "resolver_match", None)
    return str(match.view_name) if match is not None else "none"


def _chain(record: logging.LogRecord) -> Iterator[BaseException]:
    """The error of a record and those that led to it, the last first."""
    error = record.exc_info[1] if record.exc_info else None
    for _ in range(MOST_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _error(error: BaseException) -> dict[str, object]:
    kind = type(error)
    found = {"type": f"{kind.__module__}.{kind.__qualname__}", "why": why(error), "at": _frames(error)}
    return {name: value for name, value in found.items() if value}


def why(error: BaseException) -> str:
    """What can be told of an error beside its class: a code of ours or of the system, never its text."""
    if isinstance(error, ArgineError):
        return error.code
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno, "")
    return _of_database(error)


def _of_database(error: BaseException) -> str:
    """Our code for why a database cannot write; empty for every other error. Django's stands before the database's."""
    state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    return CANNOT_WRITE_STATES.get(state, "") if state else CANNOT_WRITE.get(str(error), "")


def cannot_write(error: BaseException | None) -> bool:
    """Whether it arose because nothing can be written: a disk that is full, read-only or broken, a database in use."""
    return error is not None and (
        _of_database(error) != ""
        or (isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO})
    )


def _frames(error: BaseException) -> list[str]:
    found = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    return [f"{_shortened(frame.filename)}:{frame.lineno} {frame.name}" for frame in found]


def _shortened(path: str) -> str:
    """A path from its package on: where a machine keeps its packages is nobody's business."""
    start = next((place for place in _PACKAGES if path.startswith(place)), "")
    return path.removeprefix(start)


def _plain_errors(record: logging.LogRecord) -> Iterator[str]:
    for error in _chain(record):
        told = _error(error)
        reason = f" ({told['why']})" if "why" in told else ""
        yield f"  {told['type']}{reason} at {' > '.join(_frames(error)) or 'no place'}"


def say(text: str) -> None:
    """Write one line that is no complaint, whatever the level of the log: that a desk has started, or stopped."""
    record = logger.makeRecord(logger.name, logging.INFO, __file__, 0, text, (), None)
    logger.callHandlers(record)


def begin(process: str) -> None:
    """Name this process in its lines, and write lines for what would else be printed as it is."""
    _process["name"] = process
    sys.excepthook = _ended
    threading.excepthook = _thread_ended
    warnings.showwarning = _warned


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        logger.critical("The process ended by an error", exc_info=(kind, error, trace))


def _thread_ended(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        logger.critical("A thread ended by an error", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))


def _warned(
    message: Warning | str,  # noqa: ARG001 - may hold what was read
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    logger.warning("%s at %s:%d", category.__name__, _shortened(filename), lineno)
