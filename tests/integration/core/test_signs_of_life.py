from datetime import timedelta

import pytest
from django.test import Client

from argine.desk.core import time
from argine.desk.core.operations import beat

pytestmark = pytest.mark.django_db


def ask(client: Client) -> tuple[int, dict[str, object]]:
    answer = client.get("/health/desk")
    return answer.status_code, answer.json()


def test_the_web_server_is_well_when_its_database_answers(client: Client) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_a_desk_whose_background_work_never_began_is_late(client: Client) -> None:
    assert ask(client) == (503, {"status": "late", "late": ["ticker", "worker"]})


def test_a_desk_whose_background_work_lives_is_well(client: Client) -> None:
    beat("ticker")
    beat("worker")
    assert ask(client) == (200, {"status": "ok", "late": []})


def test_a_process_that_fell_silent_is_named(client: Client) -> None:
    with time.shifted(timedelta(minutes=-3)):
        beat("ticker")
    beat("worker")
    assert ask(client) == (503, {"status": "late", "late": ["ticker"]})
