"""`argine up`: everything under one command."""

import contextlib
import errno
import os
import socket
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic
from urllib.request import urlopen

import click
from django.conf import settings
from django.db import DatabaseError

from argine import __version__
from argine.cli.desk.lock import only_one
from argine.cli.exits import CommandError, Exit
from argine.connect.address import is_this_machine
from argine.desk import config_reading
from argine.desk.config_rules import variable
from argine.desk.configuration.live import LIVE
from argine.desk.core import logs, metrics, time
from argine.desk.core.queries import late_processes
from argine.desk.core.views import DRAINING
from argine.desk.serve import lifeline
from argine.desk.serve.prepare import Prepared, prepare
from argine.desk.serve.supervisor import Supervisor

START_LIMIT_S = 40.0
COURIER = "courier"
BACKGROUND = {"clock ticker": "ticker", "job worker": "worker", COURIER: "courier"}
HANGS_AFTER = timedelta(minutes=30)
HTTP_OK = 200
JSON, LAST = "json", "Ctrl-C stops it."
ADDRESSES = {
    "intake": ("Public page", "/"),
    "console": ("Staff console", "/console/"),
    "api": ("Platform API", "/api/v1/"),
}


@click.command("up")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--faces", default=None, help="What to serve: intake, console, api; separated by commas. All by default.")
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes, of eight threads each."
)
@click.option(
    "--drain", default=0, show_default=True, type=click.IntRange(0, 600), metavar="SECONDS",
    help="Before stopping, serve on for so long while /health says 503: a load balancer sends the rest elsewhere.",
)  # fmt: skip
def command(host: str, port: int, faces: str | None, workers: int, drain: int) -> None:
    """Start Argine: the web server, the clock ticker and the job worker. Ctrl-C stops all of it."""
    serve(host, port, faces, workers, drain)


def serve(host: str, port: int, faces: str | None, workers: int, drain: int = 0) -> None:
    """Run until asked to stop.

    Raises:
        CommandError: the folder or the port is in use, or the address that people use is not known.
    """
    environment = _environment(host, port, faces)
    with only_one(settings.CONFIG.data), metrics.folder() as counts:
        _check_port(host, port)
        draining = settings.CONFIG.data / DRAINING
        draining.unlink(missing_ok=True)
        prepared = prepare()
        environment[metrics.FOLDER] = str(counts)
        silent = {name: partial(_is_silent, process) for name, process in BACKGROUND.items()}
        supervisor = Supervisor(_processes(host, port, workers), environment, {COURIER: _sends_anything}, silent)
        stop = lifeline.stop_event()
        logs.begin("supervisor")
        supervisor.start()
        try:
            if _wait_until_up(host, port, stop):
                _welcome(environment, prepared)
            supervisor.watch(stop)
            if drain:
                draining.touch()
                _say(f"Draining for {drain} s; once more stops at once ...")
                supervisor.watch(lifeline.stop_event(), drain)
        finally:
            _say("Stopping ...")
            supervisor.stop()
    _say("Stopped. Nothing is lost; `argine up` goes on from here.")


def _say(text: str) -> None:
    """Tell the person at the keyboard, or the program that reads the log."""
    if settings.CONFIG.log_format == JSON:
        logs.say(text)
    else:
        click.echo(text, err=True)


def _sends_anything() -> bool:
    """Whether something goes out now: mail and webhooks can be set in the console while the desk runs."""
    LIVE.refresh()
    return bool(settings.CONFIG.sends_anything)


def _is_silent(process: str) -> bool:
    """Whether a background process has said nothing for so long that it must hang."""
    try:
        return bool(late_processes(time.now(), (process,), HANGS_AFTER))
    except DatabaseError:
        return False  # that says nothing of the process


def _processes(host: str, port: int, workers: int) -> dict[str, list[str]]:
    """The processes of a desk. The courier starts only once something goes out."""
    background = "argine.desk.serve.background"
    return {
        "web server": ["argine.desk.serve.web", host, str(port), str(workers)],
        **{name: [background, process] for name, process in BACKGROUND.items()},
    }


def _environment(host: str, port: int, faces: str | None) -> dict[str, str]:
    """The settings that the command line adds for the processes it starts."""
    base_url, data = variable("base_url"), str(settings.CONFIG.data.resolve())
    environment = {variable("data"): data, base_url: os.environ.get(base_url, "").rstrip("/")}
    if not environment[base_url]:
        if not is_this_machine(host):
            raise CommandError(
                f"On {host} others can reach the desk: say by which address, as in {base_url}=https://desk.example.org",
                Exit.USAGE,
            )
        environment[base_url] = f"http://{_bracketed(host)}:{port}"
    environment[variable("faces")] = faces or ",".join(settings.CONFIG.faces)
    config_reading.read({**os.environ, **environment})
    return environment


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            in_use = error.errno == errno.EADDRINUSE
            reason = "is in use: choose another with --port" if in_use else "cannot be listened on"
            raise CommandError(f"{host} port {port} {reason}.", Exit.REFUSED) from error


def _wait_until_up(host: str, port: int, stop: Event) -> bool:
    """Tell whether the web server answers; it has some seconds to begin."""
    place = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, _bracketed(host))  # noqa: S104  # asked for by the operator
    end = monotonic() + START_LIMIT_S
    while monotonic() < end and not stop.wait(0.1):
        with contextlib.suppress(OSError), urlopen(f"http://{place}:{port}/health", timeout=5) as answer:
            return bool(answer.status == HTTP_OK)
    if not stop.is_set():
        click.echo("The web server has not answered yet; what it says stands above.", err=True)
    return False


def _welcome(environment: dict[str, str], prepared: Prepared) -> None:
    if settings.CONFIG.log_format == JSON:
        # The link of the first account is a secret: it belongs on no line that a program collects.
        first = " Make the first staff account with `argine staff invite`." if prepared.invitation else ""
        logs.say(f"Argine {__version__} runs at {environment[variable('base_url')]}.{first} {LAST}")
    else:
        click.echo(_welcome_text(environment, prepared))


def _welcome_text(environment: dict[str, str], prepared: Prepared) -> str:
    base, key = environment[variable("base_url")], prepared.key_file
    faces = environment[variable("faces")].split(",")
    lines = [f"Argine {__version__} runs. Its data is in {settings.CONFIG.data}.", ""]
    lines += [f"  {title:<15}{base}{path}" for face, (title, path) in ADDRESSES.items() if face in faces]
    if prepared.invitation and "console" in faces:
        link = f"{base}/console/welcome/{prepared.invitation}"
        lines += ["", "Make the first staff account (the link works once, for 48 hours):", f"  {link}"]
    if "api" in faces:
        check = f'curl -H "Authorization: Bearer $(cat {_shown(key)})" -F file=@picture.jpg {base}/api/v1/check'
        lines += ["", "Check an upload:", f"  {check}"]
    return "\n".join([*lines, "", LAST])


def _shown(path: Path) -> str:
    """A path as short as it can be written from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
