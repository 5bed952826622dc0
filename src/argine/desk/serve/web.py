"""The web server: gunicorn with threads. `python -m argine.desk.serve.web HOST PORT WORKERS`."""

import importlib
import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from argine.desk.serve import lifeline
from argine.desk.wsgi import application

THREADS = 8
TIMEOUT_S = 60
GRACE_S = 8


def _get_ready(_worker: object) -> None:
    """Runs in each worker. Its models can be imported only now that Django is up."""
    importlib.import_module("argine.desk.serve.warm").start()


class Web(BaseApplication):
    def __init__(self, host: str, port: int, workers: int) -> None:
        self.settings: dict[str, Any] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": TIMEOUT_S,
            "graceful_timeout": GRACE_S,
            "keepalive": 15,
            "loglevel": "warning",
            # No access log: who opened which page of this desk is nobody's business.
            "accesslog": None,
            "control_socket_disable": True,
            "proc_name": "argine-web",
            "post_worker_init": _get_ready,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        return application


def main() -> None:
    host, port, workers = sys.argv[1:]
    lifeline.hold()
    Web(host, int(port), int(workers)).run()


if __name__ == "__main__":
    main()
