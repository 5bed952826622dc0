import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from argine.scan.book import LEASE_SECONDS, SHARD_FILES, Book, BookError, Numbered, Result
from argine.scan.sources import File


def some_files(count: int) -> list[File]:
    return [File(f"/library/{number:04}", f"{number:04}", "1") for number in range(count)]


def allowed(one: Numbered, seen: int = 1) -> Result:
    return Result(one.number, seen, "allow", "[]", b"signals")


class Clock:
    """A clock that stands until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "report.book"


@pytest.fixture
def book(path: Path, clock: Clock) -> Book:
    return Book.make(path, {"place": "/library"}, clock)


def do_all(book: Book) -> list[str]:
    names = []
    while shard := book.lease():
        names += [one.file.name for one in shard.files]
        assert book.finish(shard.number, [allowed(one) for one in shard.files])
    return names


def test_every_file_comes_once_and_in_order(book: Book) -> None:
    files = some_files(2 * SHARD_FILES + 7)
    assert book.add([*files, files[0]]) == len(files)
    assert do_all(book) == [file.name for file in files]
    assert not book.waiting()


def test_only_new_and_changed_files_come_again(book: Book) -> None:
    files = some_files(5)
    book.add(files)
    do_all(book)
    assert book.add([*files[:4], replace(files[4], stamp="2"), File("/library/new", "new", "1")]) == 2
    assert do_all(book) == ["/library/0004", "/library/new"]
    assert book.count().files == 6


def test_a_leased_shard_is_nobody_elses_until_its_time_is_over(book: Book, path: Path, clock: Clock) -> None:
    book.add(some_files(3))
    mine, other = book.lease(), Book.open(path, clock)
    assert mine is not None
    assert other.lease() is None
    assert other.waiting()
    clock.now += 2 * LEASE_SECONDS
    theirs = other.lease()
    assert theirs == mine
    assert not book.finish(mine.number, [allowed(one) for one in mine.files]), "the lease was lost"
    assert book.count().done == 0
    assert other.finish(theirs.number, [allowed(one) for one in theirs.files])
    assert book.count().done == 3


def test_a_renewed_lease_lasts(book: Book, path: Path, clock: Clock) -> None:
    book.add(some_files(3))
    book.lease()
    clock.now += 0.9 * LEASE_SECONDS
    book.renew()
    clock.now += 0.6 * LEASE_SECONDS
    assert Book.open(path, clock).lease() is None


def test_shards_of_a_process_that_is_gone_are_free_at_once(book: Book, path: Path, clock: Clock) -> None:
    book.add(some_files(3))
    host = book.holder.split("/")[0]
    book.holder = f"{host}/{2**22 + 1}/dead"  # no process has so high a number
    book.lease()
    assert Book.open(path, clock).lease() is not None


def test_results_of_a_shard_are_written_all_or_none(book: Book) -> None:
    book.add(some_files(3))
    shard = book.lease()
    assert shard is not None

    def broken() -> object:
        yield allowed(shard.files[0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        book.finish(shard.number, broken())  # type: ignore[arg-type]
    assert book.count().done == 0
    assert book.finish(shard.number, [allowed(one) for one in shard.files])


def test_what_could_not_be_read_is_tried_again_and_nothing_else(book: Book) -> None:
    files = some_files(3)
    book.add(files)
    shard = book.lease()
    assert shard is not None
    results = [allowed(one) for one in shard.files]
    results[1] = replace(results[1], verdict=None, error="away", signals=None, unread=True)
    book.finish(shard.number, results)
    assert [found.error for found in book.found()] == ["away"]
    book.add(files)
    assert do_all(book) == ["/library/0001"]
    assert list(book.found()) == []


def test_a_file_that_is_no_book_is_refused(path: Path, clock: Clock) -> None:
    path.write_bytes(b"something else entirely, and long enough to be looked at" * 20)
    with pytest.raises(BookError, match="is not the book of a scan"):
        Book.open(path, clock)
    path.unlink()
    sqlite3.connect(path).close()
    with pytest.raises(BookError):
        Book.open(path, clock)


def test_a_book_of_another_version_is_refused(book: Book, path: Path, clock: Clock) -> None:
    with sqlite3.connect(path) as other:
        other.execute("UPDATE about SET value = '99' WHERE name = 'version'")
    with pytest.raises(BookError, match="another version"):
        Book.open(path, clock)


def test_a_book_is_for_its_owner_only(book: Book, path: Path) -> None:
    assert path.stat().st_mode & 0o077 == 0
