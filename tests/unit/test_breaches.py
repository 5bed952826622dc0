"""A list of passwords from breaches: found in it is what is in it, and a file that is no such list says so."""

import os
from hashlib import sha1
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argine.desk.people import breaches
from argine.desk.people.breaches import LONGEST_LINE, BreachList, BreachListError

# Published by Have I Been Pwned as an example: the digest of "password".
KNOWN = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8"
FEW = [f"{number:040X}" for number in (1, 5 << 80, 9 << 140)]


def digest(password: str) -> str:
    return sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def written(folder: Path, text: str) -> BreachList:
    path = folder / "list.txt"
    path.write_bytes(text.encode())
    return BreachList(path)


def test_the_digest_is_that_of_the_published_lists(tmp_path: Path) -> None:
    published = written(tmp_path, f"{KNOWN}:10434004\n")
    assert published.holds("password")
    assert not published.holds("Password")


@given(
    inside=st.sets(st.text(max_size=12), max_size=60),
    outside=st.sets(st.text(max_size=12), min_size=1, max_size=20),
    counts=st.lists(st.integers(0, 10**9), min_size=60, max_size=60),
    end=st.sampled_from(["\n", "\r\n"]),
    lower=st.booleans(),
    counted=st.booleans(),
    last_end=st.booleans(),
)
def test_a_search_finds_exactly_what_is_in_the_list(
    tmp_path_factory: pytest.TempPathFactory,
    *,
    inside: set[str],
    outside: set[str],
    counts: list[int],
    end: str,
    lower: bool,
    counted: bool,
    last_end: bool,
) -> None:
    digests = sorted(map(digest, inside))
    digests = [one.lower() for one in digests] if lower else digests
    lines = [f"{one}:{count}" if counted else one for one, count in zip(digests, counts, strict=False)]
    text = end.join(lines) + (end if lines and last_end else "")
    made = written(tmp_path_factory.mktemp("breaches"), text)
    if inside:
        made.check()
    for password in inside | outside:
        assert made.holds(password) == (password in inside)


def test_a_large_list_is_searched_in_few_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = sorted({digest(str(number)) for number in range(50_000)})
    large = written(tmp_path, "".join(f"{one}:{len(one)}\n" for one in digests))
    looked_at: list[bytes] = []
    real = breaches._digest

    def noted(line: bytes) -> bytes:
        looked_at.append(line)
        return real(line)

    monkeypatch.setattr(breaches, "_digest", noted)
    assert large.holds("31415")
    assert not large.holds("not a number")
    assert len(looked_at) <= 2 * (large.path.stat().st_size.bit_length() + 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("\n".join(reversed(FEW)), "is not sorted"),
        ("\n".join([*FEW[1:], FEW[0]]), "is not sorted"),
        ("password\n123456\n", "is no SHA-1 digest"),
        (f"{FEW[0]}:many\n", "is no SHA-1 digest"),
        (f"{FEW[0][:32]}\n", "is no SHA-1 digest"),
        ("\n\n\n", "is no SHA-1 digest"),
        ("A" * LONGEST_LINE * 2, "is too long"),
        ("\0" * 5000, "is too long"),
    ],
)
def test_what_is_no_such_list_says_so(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BreachListError, match=why):
        written(tmp_path, text).check()


@pytest.mark.parametrize("text", ["password\n123456\n", "A" * 500, "\0" * 5000])
def test_a_search_in_what_is_no_list_fails_and_does_not_answer(tmp_path: Path, text: str) -> None:
    with pytest.raises(BreachListError):
        written(tmp_path, text).holds("password")


def test_a_list_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    missing = BreachList(tmp_path / "gone.txt")
    for ask in (missing.check, lambda: missing.holds("password")):
        with pytest.raises(BreachListError, match=r"gone\.txt cannot be read"):
            ask()


def test_a_folder_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(BreachListError, match="cannot be read"):
        BreachList(tmp_path).check()


def test_what_it_says_names_the_file_and_not_where_it_lies(tmp_path: Path) -> None:
    with pytest.raises(BreachListError) as caught:
        BreachList(tmp_path / "gone.txt").check()
    assert os.sep not in str(caught.value)
