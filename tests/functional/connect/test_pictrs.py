"""The endpoint for pict-rs, by its contract: a POST of the bytes with their type, and any status but 2xx refuses.

pict-rs itself is not in a package registry that the tests use; what it sends was read in its source.
"""

from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from tests.functional.connect.conftest import Pictures
from tests.functional.connect.facade import connector
from tests.functional.running_desk import RunningDesk

SECRET = "a1b2c3d4e5f6a7b8"


@pytest.fixture(scope="module")
def port(desk: RunningDesk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    file = tmp_path_factory.mktemp("secret") / "secret"
    file.write_text(SECRET + "\n")
    with connector("pictrs", desk, "--secret", f"@{file}", "--most-mib", "8", metrics=False) as facade:
        yield facade.port


def validate(port: int, upload: bytes, path: str = f"/{SECRET}", method: str = "POST") -> int:
    """Send an upload as pict-rs does: streamed, so in chunks, with its type."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    pieces = (upload[place : place + 9000] for place in range(0, len(upload), 9000))
    connection.request(method, path, pieces, {"Content-Type": "image/jpeg"}, encode_chunked=True)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_only_the_known_picture_is_refused(port: int, pictures: Pictures) -> None:
    assert validate(port, pictures.known) == 403
    assert validate(port, pictures.other) == 200
    assert validate(port, pictures.reported) == 200
    assert validate(port, pictures.text) == 200


def test_who_does_not_know_the_secret_finds_nothing(port: int, pictures: Pictures) -> None:
    for path in ("/", "/another", f"/{SECRET}/", f"/{SECRET}x"):
        assert validate(port, pictures.known, path) == 404
    assert validate(port, pictures.known, method="PUT") == 405


def test_an_upload_that_is_too_large_is_let_in_as_what_cannot_be_compared(port: int) -> None:
    assert validate(port, b"x" * (9 * 1024 * 1024)) == 200


@pytest.mark.parametrize(("fail", "status"), [("open", 200), ("closed", 503)])
def test_when_the_desk_is_away_the_setting_decides(pictures: Pictures, fail: str, status: int) -> None:
    with connector("pictrs", None, fail=fail, metrics=False) as facade:
        assert validate(facade.port, pictures.known, "/") == status
        assert 'argine_connect_away_total{connector="pictrs",reason="unreachable"} 1' in facade.counts()


@pytest.mark.parametrize("words", [("--listen", "0.0.0.0:1"), ("--listen", "127.0.0.1:1", "--secret", "short")])
def test_other_machines_may_ask_only_with_a_secret(words: tuple[str, ...]) -> None:
    with (
        pytest.raises(AssertionError, match="Give a --secret of at least 16"),
        connector("pictrs", None, *words, metrics=False),
    ):
        pass
