"""The module for Synapse in a real homeserver on SQLite. It is no part of the lock: it brings much, and is AGPL.

Put `synapse_homeserver` of the package matrix-synapse on the path, or name its Python in ARGINE_SYNAPSE.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from sqlite3 import connect
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from tests.functional.connect.conftest import Pictures
from tests.functional.running_desk import RunningDesk, free_port

import argine

FOUND = shutil.which("synapse_homeserver")
PYTHON = os.environ.get("ARGINE_SYNAPSE") or (str(Path(FOUND).resolve().parent / "python") if FOUND else None)
SOURCE = str(Path(argine.__file__).parents[1])
NAME = "homeserver.test"
START_S = 60.0
CONFIG = """
server_name: {name}
report_stats: false
pid_file: {folder}/pid
signing_key_path: {folder}/signing.key
media_store_path: {folder}/media
registration_shared_secret: x
macaroon_secret_key: x
form_secret: x
suppress_key_server_warning: true
trusted_key_servers: []
enable_registration: true
enable_registration_without_verification: true
dynamic_thumbnails: false
database: {{name: sqlite3, args: {{database: {folder}/homeserver.db}}}}
listeners: [{{port: {port}, bind_addresses: ["127.0.0.1"], type: http, resources: [{{names: [client]}}]}}]
modules: [{{module: argine.connect.synapse.MediaCheck, config: {config}}}]
"""

if PYTHON is None:
    pytest.skip("Synapse is not installed (package matrix-synapse)", allow_module_level=True)


@dataclass
class Homeserver:
    folder: Path
    given: dict[str, object]
    port: int = 0
    token: str = ""
    process: "subprocess.Popen[str] | None" = None

    def start(self) -> "subprocess.Popen[str]":
        assert PYTHON is not None
        self.port = free_port()
        config = self.folder / "homeserver.yaml"
        values = {"name": NAME, "folder": self.folder, "port": self.port, "config": json.dumps(self.given)}
        config.write_text(CONFIG.format(**values))
        words = [PYTHON, "-m", "synapse.app.homeserver", "--config-path", str(config)]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": SOURCE, "HOME": str(self.folder)}
        subprocess.run([*words, "--generate-keys"], check=False, env=environment, capture_output=True)
        self.process = subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder
        )
        return self.process

    def wait(self) -> None:
        end = monotonic() + START_S
        while monotonic() < end:
            try:
                self.ask("/_matrix/client/versions")
            except (URLError, ConnectionError):
                assert self.process is not None
                assert self.process.poll() is None, self.process.stdout and self.process.stdout.read()[-3000:]
                sleep(0.2)
            else:
                break
        account = {"username": "a", "password": "long enough 7", "auth": {"type": "m.login.dummy"}}
        self.token = self.ask("/_matrix/client/v3/register", json.dumps(account).encode(), "application/json")[1][
            "access_token"
        ]

    def ask(self, path: str, data: bytes | None = None, kind: str = "") -> tuple[int, Any]:
        headers = (
            {"Content-Type": kind, "Authorization": f"Bearer {self.token}"} if self.token else {"Content-Type": kind}
        )
        try:
            with urlopen(Request(f"http://127.0.0.1:{self.port}{path}", data, headers), timeout=30) as answer:
                body = answer.read()
                is_json = answer.headers.get_content_type() == "application/json"
                return answer.status, json.loads(body) if is_json else body
        except HTTPError as error:
            return error.code, json.loads(error.read())

    def upload(self, file: bytes, kind: str = "image/jpeg") -> tuple[int, Any]:
        return self.ask("/_matrix/media/v3/upload?filename=a", file, kind)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.communicate(timeout=30)


@pytest.fixture(scope="module")
def homeserver(desk: RunningDesk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    server = Homeserver(tmp_path_factory.mktemp("synapse"), {"address": desk.base, "key": desk.key, "fail": "closed"})
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def test_a_known_picture_is_refused_and_others_can_be_fetched(homeserver: Homeserver, pictures: Pictures) -> None:
    status, said = homeserver.upload(pictures.known)
    assert (status, said["errcode"]) == (400, "M_UNKNOWN"), said
    assert homeserver.upload(pictures.known, "application/octet-stream")[0] == 400
    status, said = homeserver.upload(pictures.other)
    assert status == 200, said
    path = said["content_uri"].removeprefix("mxc://")
    assert homeserver.ask(f"/_matrix/client/v1/media/download/{path}") == (200, pictures.other)
    assert homeserver.ask(f"/_matrix/client/v1/media/thumbnail/{path}?width=32&height=32&method=crop")[0] == 200


def test_text_and_what_is_encrypted_pass(homeserver: Homeserver, pictures: Pictures) -> None:
    assert homeserver.upload(pictures.text, "text/plain")[0] == 200
    encrypted = bytes(
        one ^ two for one, two in zip(pictures.known, Random(1).randbytes(len(pictures.known)), strict=True)
    )
    assert homeserver.upload(encrypted, "application/octet-stream")[0] == 200


def checks_with_a_match(desk: RunningDesk) -> int:
    with closing(connect(f"file:{desk.data / 'argine.sqlite3'}?mode=ro", uri=True)) as database:
        return int(database.execute("select count(distinct check_id) from banks_sighting").fetchone()[0])


def test_each_upload_is_asked_about_once_and_none_of_its_thumbnails(
    homeserver: Homeserver, desk: RunningDesk, pictures: Pictures
) -> None:
    before = checks_with_a_match(desk)
    assert homeserver.upload(pictures.reported)[0] == 200
    assert checks_with_a_match(desk) == before + 1


def test_a_wrong_configuration_stops_the_start_and_says_why(tmp_path: Path, desk: RunningDesk) -> None:
    given = {"address": desk.base, "key": desk.key, "fail": "open", "not_compared": "refuse"}
    said, _ = Homeserver(tmp_path, given).start().communicate(timeout=60)
    assert "encrypted files cannot be compared" in said


def test_when_the_desk_is_away_the_setting_decides(tmp_path: Path, pictures: Pictures) -> None:
    """That `closed` refuses is the same line; each further homeserver costs its start."""
    server = Homeserver(tmp_path, {"address": f"http://127.0.0.1:{free_port()}", "key": "argine_x", "fail": "open"})
    server.start()
    try:
        server.wait()
        assert server.upload(pictures.known)[0] == 200
    finally:
        server.stop()
