"""The bot for Telegram groups, with the real aiogram, before a stand-in for the Bot API.

aiogram is no part of the lock: it holds pydantic back. Name a Python that has it and this package in ARGINE_AIOGRAM.
"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import Empty, Queue
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.functional.connect.conftest import Pictures
from tests.functional.running_desk import TESTS_OWN, RunningDesk, free_port
from tests.web_server import Headers, Site, serving

HERE = sys.executable if importlib.util.find_spec("aiogram") else None
PYTHON = os.environ.get("ARGINE_AIOGRAM") or HERE
if PYTHON is None:
    pytest.skip("aiogram is not installed (package aiogram)", allow_module_level=True)

TOKEN = "42:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
GROUP, STRANGE = -1001234, -1009999
JSON = {"Content-Type": "application/json"}
PATIENCE_S = 30.0
SOON_S = 1.0


@dataclass
class BotApi:
    """What Telegram would say: posts to be fetched, files, and what was deleted."""

    site: Site
    posts: "Queue[dict[str, Any]]" = field(default_factory=Queue)
    deleted: list[tuple[int, int]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        methods: dict[str, Callable[[dict[str, str]], object]] = {
            "getMe": lambda _: {"id": 42, "is_bot": True, "first_name": "Argine", "username": "argine_bot"},
            "deleteWebhook": lambda _: True,
            "getUpdates": lambda _: self._updates(),
            "getFile": self._file,
            "deleteMessage": self._delete,
        }
        for name, method in methods.items():
            self.site.posts[f"/bot{TOKEN}/{name}"] = lambda body, method=method: _answer(method, body)  # type: ignore[misc]

    def post(self, file: bytes, kind: str = "photo", chat: int = GROUP, **more: object) -> int:
        """Let somebody post a file; give the post's number."""
        self.number += 1
        name = f"file{self.number}"
        self.site.pages[f"/file/bot{TOKEN}/{name}"] = (200, {}, file)
        media = {
            "file_id": name,
            "file_unique_id": name,
            "file_size": len(file),
            "width": 9,
            "height": 9,
            "duration": 1,
        }
        message = {
            "message_id": self.number,
            "date": 1,
            "chat": {"id": chat, "type": "supergroup" if chat < 0 else "private", "title": "A group"},
            kind: [media] if kind == "photo" else media,
            **more,
        }
        where = "channel_post" if more.get("channel") else "message"
        message.pop("channel", None)
        self.posts.put({"update_id": self.number, where: message})
        return self.number

    def _updates(self) -> list[dict[str, Any]]:
        try:
            return [self.posts.get(timeout=0.1)]
        except Empty:
            return []

    def _file(self, asked: dict[str, str]) -> object:
        self.fetched.append(asked["file_id"])
        return {"file_id": asked["file_id"], "file_unique_id": "x", "file_path": asked["file_id"]}

    def _delete(self, asked: dict[str, str]) -> object:
        self.deleted.append((int(asked["chat_id"]), int(asked["message_id"])))
        return True


def _answer(method: Callable[[dict[str, str]], object], body: bytes) -> tuple[int, Headers, bytes]:
    asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    return 200, JSON, json.dumps({"ok": True, "result": method(asked)}).encode()


@pytest.fixture
def api() -> Iterator[BotApi]:
    with serving(Site()) as site:
        yield BotApi(site)


def bot(api: BotApi, desk: RunningDesk | None, fail: str) -> "subprocess.Popen[str]":
    assert PYTHON is not None
    own = {key: value for key, value in os.environ.items() if key not in TESTS_OWN}
    key = desk.key if desk is not None else "argine_x"
    server = desk.base if desk is not None else f"http://127.0.0.1:{free_port()}"
    options = ["--server", server, "--fail", fail, "--chat", str(GROUP), "--api", api.site.url(), "--most-mib", "1"]
    return subprocess.Popen(
        [PYTHON, "-m", "argine", "connect", "telegram", *options],
        env={**own, "ARGINE_KEY": key, "ARGINE_TELEGRAM_TOKEN": TOKEN},
        stderr=subprocess.PIPE,
        text=True,
    )


def until(found: Callable[[], object]) -> None:
    end = monotonic() + PATIENCE_S
    while not found():
        assert monotonic() < end, "it did not happen in time"
        sleep(0.05)


def stop(process: "subprocess.Popen[str]") -> str:
    process.terminate()
    _, said = process.communicate(timeout=30)
    return said


def test_only_known_pictures_are_deleted_and_only_in_the_groups_that_were_named(
    api: BotApi, desk: RunningDesk, pictures: Pictures
) -> None:
    process = bot(api, desk, "closed")
    try:
        api.post(pictures.other)
        known = api.post(pictures.known)
        document = api.post(pictures.known, "document")
        in_channel = api.post(pictures.known, channel=True)
        api.post(pictures.reported)
        elsewhere = [api.post(pictures.known, chat=STRANGE), api.post(pictures.known, chat=77)]
        large = api.post(b"x" * 1_100_000, "video")
        last = api.post(pictures.known)
        until(lambda: (GROUP, last) in api.deleted)
        until(lambda: len(api.deleted) == 4)
        sleep(SOON_S)
    finally:
        said = stop(process)
    assert sorted(api.deleted) == [(GROUP, known), (GROUP, document), (GROUP, in_channel), (GROUP, last)]
    assert not {f"file{number}" for number in [*elsewhere, large]} & set(api.fetched)
    assert f"the bot is in the chat {STRANGE}, which is not among --chat" in said
    assert process.returncode == 0


@pytest.mark.parametrize(("fail", "deleted"), [("open", []), ("closed", [(GROUP, 1)])])
def test_when_the_desk_is_away_the_setting_decides(
    api: BotApi, pictures: Pictures, fail: str, deleted: list[tuple[int, int]]
) -> None:
    process = bot(api, None, fail)
    try:
        api.post(pictures.other)
        until(lambda: api.fetched)
        sleep(SOON_S)
    finally:
        said = stop(process)
    assert api.deleted == deleted
    assert "the desk could not be asked (unreachable)" in said
