"""The web server: gunicorn with threads. `python -m argine.desk.serve.web HOST PORT WORKERS`."""

import gc
import importlib
import logging
import sys
from typing import Any

from django.conf import settings
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger

from argine import jit
from argine.desk.core import logs, metrics
from argine.desk.serve import lifeline
from argine.desk.wsgi import application

THREADS = 8
TIMEOUT_S = 60
GRACE_S = 8


def _get_ready(_worker: object) -> None:
    """Runs in each worker. Its models can be imported only now that Django is up."""
    importlib.import_module("argine.desk.serve.warm").start()


def _forget(_server: object, worker: Any) -> None:  # noqa: ANN401 - gunicorn publishes no types
    metrics.forget_process(worker.pid)


class Lines(Logger):
    """Hands what the server says to the desk's own log: its lines name addresses, paths and headers."""

    def setup(self, cfg: Config) -> None:
        self.cfg = cfg
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)
        self.access_log.disabled = True

    def reopen_files(self) -> None:
        """There are none."""


class Web(BaseApplication):
    def __init__(self, host: str, port: int, workers: int) -> None:
        self.settings: dict[str, Any] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "worker_class": "argine.desk.serve.patient.PatientWorker",
            "threads": THREADS,
            "timeout": TIMEOUT_S,
            "graceful_timeout": GRACE_S,
            "keepalive": 15,
            "logger_class": Lines,
            # No access log: who opened which page of this desk is nobody's business.
            "accesslog": None,
            # What a proxy says is judged by the desk, which knows the trusted ones. gunicorn would believe a proxy on
            # this machine, and with it SCRIPT_NAME of whoever it serves, which changes what address is asked.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "secure_scheme_headers": {},
            # Files are sent piece by piece, each by the clock.
            "sendfile": False,
            "control_socket_disable": True,
            "proc_name": "argine-web",
            "post_worker_init": _get_ready,
            "child_exit": _forget,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        return application


def load_what_is_shared() -> None:
    """Load, before there are workers, what all of them share as long as nobody writes to it.

    A search for garbage would write to every object: 60 MiB more for each worker, some hour after the start.
    """
    jit.load()
    importlib.import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()


def main() -> None:
    host, port, workers = sys.argv[1:]
    logs.begin("web")
    lifeline.hold()
    load_what_is_shared()
    Web(host, int(port), int(workers)).run()


if __name__ == "__main__":
    main()
