"""Whose tries are counted together: by the connection, by what a trusted proxy says, and by nothing else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as desk
from django.http import HttpResponse
from django.test import Client, RequestFactory
from tests.factories import make_case

from argine.desk.config_reading import read
from argine.desk.config_rules import ConfigError
from argine.desk.core import time
from argine.desk.core.http import sender
from argine.desk.core.middleware import only_of_proxy
from argine.desk.core.models import Bucket
from argine.desk.core.operations import CASE_CODE, forget_old_buckets

PROXY, STRANGER = "127.0.0.1", "203.0.113.9"

# trust_proxy, who connects, what X-Forwarded-For says: who counts.
TABLE = [
    (False, STRANGER, "198.51.100.1", STRANGER),
    (False, PROXY, "198.51.100.1", PROXY),
    (True, PROXY, "198.51.100.1", "198.51.100.1"),
    (True, "10.1.2.3", "198.51.100.1", "198.51.100.1"),
    (True, "::1", "198.51.100.1", "198.51.100.1"),
    (True, "", "198.51.100.1", "198.51.100.1"),
    (True, STRANGER, "198.51.100.1", STRANGER),
    (True, PROXY, "1.1.1.1, 198.51.100.1", "198.51.100.1"),
    (True, PROXY, "", ""),
    (True, PROXY, "nonsense", "nonsense"),
    (False, "2001:db8:1:2:aaaa::1", "", "2001:db8:1:2::/64"),
    (False, "2001:db8:1:2:bbbb::9", "", "2001:db8:1:2::/64"),
    (False, "2001:db8:1:3::1", "", "2001:db8:1:3::/64"),
    (True, PROXY, "2001:db8:1:2:cccc::1", "2001:db8:1:2::/64"),
    (False, "::ffff:203.0.113.9", "", STRANGER),
]


@pytest.mark.parametrize(("trust", "peer", "header", "counted"), TABLE)
def test_who_is_counted(settings: Any, trust: bool, peer: str, header: str, counted: str) -> None:
    settings.CONFIG = replace(desk.CONFIG, trust_proxy=trust)
    headers = {"X-Forwarded-For": header} if header else {}
    assert sender(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)) == counted


def test_the_operator_says_which_proxies_to_believe(settings: Any) -> None:
    settings.CONFIG = replace(desk.CONFIG, trust_proxy=True, trusted_proxies=("203.0.113.0/24",))
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "198.51.100.1"}, REMOTE_ADDR=STRANGER)
    assert sender(request) == "198.51.100.1"
    with pytest.raises(ConfigError, match="ARGINE_TRUSTED_PROXIES"):
        read({"ARGINE_TRUSTED_PROXIES": "10.0.0.0/8,nonsense"})


@pytest.mark.parametrize(
    ("trust", "peer", "secure"),
    [(True, PROXY, True), (True, "", True), (True, STRANGER, False), (False, PROXY, False), (False, STRANGER, False)],
)
def test_only_a_trusted_proxy_says_that_somebody_came_by_https(
    settings: Any, trust: bool, peer: str, secure: bool
) -> None:
    settings.CONFIG = replace(desk.CONFIG, trust_proxy=trust)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if trust else None
    request = RequestFactory().get("/", headers={"X-Forwarded-Proto": "https"}, REMOTE_ADDR=peer)
    only_of_proxy(lambda _: HttpResponse())(request)
    assert request.is_secure() is secure


def guess(number: int, header: str = "", peer: str = STRANGER) -> int:
    headers = {"X-Forwarded-For": header} if header else {}
    return Client(headers=headers).post("/status/", {"code": f"wrong {number}"}, REMOTE_ADDR=peer).status_code


@pytest.mark.django_db
def test_guesses_of_case_codes_are_slowed_whatever_the_guesser_says_of_their_address() -> None:
    answers = [guess(number, header=f"198.51.100.{number}") for number in range(CASE_CODE.burst + 5)]
    assert answers == [422] * CASE_CODE.burst + [429] * 5


@pytest.mark.django_db
def test_guesses_from_all_addresses_of_one_ipv6_subscriber_are_counted_together() -> None:
    answers = [guess(number, peer=f"2001:db8::{number:x}") for number in range(CASE_CODE.burst + 5)]
    assert answers == [422] * CASE_CODE.burst + [429] * 5


@pytest.mark.django_db
def test_who_guesses_does_not_slow_others_and_a_right_code_counts_as_a_try() -> None:
    code = make_case().code
    for number in range(CASE_CODE.burst + 1):
        guess(number)
    assert guess(0) == 429
    assert Client().post("/status/", {"code": code}, REMOTE_ADDR="198.51.100.1").status_code == 302


@pytest.mark.django_db
def test_that_senders_are_slowed_down_is_a_line_once_an_hour_that_names_nobody(caplog: Any) -> None:
    for peer in (STRANGER, "198.51.100.1"):
        for number in range(CASE_CODE.burst + 3):
            guess(number, peer=peer)
    (line,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert line == "Senders are slowed down: case-code-tries. This is said once an hour."
    with time.shifted(timedelta(minutes=61)):
        for number in range(CASE_CODE.burst + 1):
            guess(number, peer="198.51.100.2")
    assert caplog.text.count("Senders are slowed down") == 2


@pytest.mark.django_db
def test_what_is_kept_of_guessers_is_one_row_each_without_their_address_and_goes() -> None:
    for number in range(20):
        guess(number)
    (bucket,) = Bucket.objects.all()
    assert STRANGER.encode() not in bytes(bucket.digest)
    Bucket.objects.update(updated_at="2026-01-01T00:00:00Z")
    assert forget_old_buckets() == 1
