"""What the web server itself answers: known statuses have words, and on an https desk browsers are held to https."""

from typing import Any

from argine.desk.serve import refusals


def test_an_https_desk_says_so_in_what_the_server_itself_refuses(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 0
    assert b"Strict-Transport-Security" not in refusals.answer(refusals.TOO_SLOW)
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert b"\r\nStrict-Transport-Security: max-age=31536000\r\n" in refusals.answer(refusals.TOO_SLOW)


def test_every_refusal_has_words_of_its_own_and_an_unknown_fault_is_ours() -> None:
    assert refusals.answer(refusals.status_of(ValueError("x"))).startswith(b"HTTP/1.1 500 ")
    assert all(refusals.answer(status) for status in refusals._STATUSES.values())
