"""What is counted and timed while the desk runs, for Prometheus: kinds and numbers, nothing of anybody.

Each process adds to its own file in the folder that `PROMETHEUS_MULTIPROC_DIR` names (`argine up` makes it), and the
one that is asked adds them up. Without it, as under tests, a process counts for itself.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, multiprocess
from prometheus_client.registry import Collector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# In memory: on a full disk a mapped file cannot grow, and the kernel then ends the process that writes to it.
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own, which nobody else may enter, is made in it
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER, NO_ROUTE, STATIC = "other", "none", "static"
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
HASH_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

REQUESTS = Counter("argine_requests", "Requests answered.", ["route", "method", "status"])
REQUEST_SECONDS = Histogram(
    "argine_request_seconds", "Seconds from a request's head to its answer.", ["route"], buckets=REQUEST_BUCKETS
)
CHECKS = Counter("argine_checks", "Upload checks answered, by verdict.", ["verdict"])
HASH_SECONDS = Histogram(
    "argine_hash_seconds",
    "Seconds to decode and hash a file, the wait for a free process included.",
    ["result"],
    buckets=HASH_BUCKETS,
)
JOBS = Counter("argine_jobs_done", "Regular jobs, by kind and result (done or failed).", ["kind", "result"])
LOG_LINES = Counter("argine_log_lines", "Lines written to the log, by level.", ["level"])

COUNTED = (REQUESTS, REQUEST_SECONDS, CHECKS, HASH_SECONDS, JOBS, LOG_LINES)


class CountLines(logging.Handler):
    """Counts what is logged: a desk that is well writes next to nothing."""

    def emit(self, record: logging.LogRecord) -> None:
        LOG_LINES.labels(record.levelname.lower()).inc()


def measured(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Count and time each request, by the name of its route: its address may hold what nobody else may read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        response = get_response(request)
        route = route_of(request)
        method = request.method if request.method in METHODS else OTHER
        REQUESTS.labels(route, method, str(response.status_code)).inc()
        REQUEST_SECONDS.labels(route).observe(perf_counter() - began)
        return response

    return middleware


def route_of(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is not None:
        return match.view_name
    return STATIC if request.path.startswith("/static/") else NO_ROUTE


@contextmanager
def hashing() -> Iterator[None]:
    """Time the hashing of a file, whether it succeeds or not."""
    began, result = perf_counter(), "failed"
    try:
        yield
        result = "hashed"
    finally:
        HASH_SECONDS.labels(result).observe(perf_counter() - began)


def registry(live: Collector) -> CollectorRegistry:
    """What all processes counted together, and what `live` finds out when it is asked."""
    found = CollectorRegistry()
    found.register(live)
    found.register(multiprocess.MultiProcessCollector(None) if FOLDER in os.environ else REGISTRY)  # type: ignore[no-untyped-call]
    return found


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for the counts of one run of the desk, for its owner alone; gone afterwards."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    made = Path(tempfile.mkdtemp(prefix="argine-metrics-", dir=place))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def forget_process(pid: int) -> None:
    """A process has ended: its counts stay, what it said of its present state goes."""
    if FOLDER in os.environ:
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
