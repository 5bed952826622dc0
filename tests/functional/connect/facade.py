"""A connector as its operator runs it: `argine connect ...` in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.request import urlopen

from tests.functional.running_desk import TESTS_OWN, RunningDesk, free_port


@dataclass
class Facade:
    port: int
    metrics: int

    def counts(self) -> str:
        with urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=10) as answer:
            return str(answer.read().decode())


@contextmanager
def connector(
    name: str, desk: RunningDesk | None, *words: str, fail: str = "closed", metrics: bool = True
) -> Iterator[Facade]:
    """Start one before a desk, or before an address where there is none; end it by SIGTERM, as systemd does."""
    port = free_port()
    counts = free_port() if metrics else port
    server = desk.base if desk is not None else f"http://127.0.0.1:{free_port()}"
    own = {key: value for key, value in os.environ.items() if key not in TESTS_OWN}
    options = ["--server", server, "--fail", fail, "--listen", f"127.0.0.1:{port}"]
    options += ["--metrics", f"127.0.0.1:{counts}"] if metrics else []
    process = subprocess.Popen(
        [sys.executable, "-m", "argine", "connect", name, *options, *words],
        env={**own, "ARGINE_KEY": desk.key if desk is not None else "argine_x"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        assert said == f"Listening at 127.0.0.1:{port}.\n", said + process.stderr.read()
        yield Facade(port, counts)
    finally:
        process.terminate()
        code = process.wait(30)
        process.stderr.close()
    assert code == 0
