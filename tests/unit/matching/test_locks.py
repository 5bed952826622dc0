import threading

import pytest

from argine.matching.locks import ReadWriteLock

WAIT_S = 5


def test_readers_are_in_together() -> None:
    lock, together = ReadWriteLock(), threading.Barrier(3)

    def read() -> None:
        with lock.reading():
            together.wait(WAIT_S)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    read()
    for thread in threads:
        thread.join(WAIT_S)
    assert not together.broken


def test_a_writer_waits_for_readers_and_goes_before_those_who_come_later() -> None:
    lock, order = ReadWriteLock(), list[str]()

    def write() -> None:
        with lock.writing():
            order.append("write")

    def read_later() -> None:
        with lock.reading():
            order.append("read")

    writer, reader = threading.Thread(target=write), threading.Thread(target=read_later)
    with lock.reading():
        writer.start()
        while not lock._gate.locked():
            pass
        reader.start()
        order.append("first reader leaves")
    writer.join(WAIT_S)
    reader.join(WAIT_S)
    assert order == ["first reader leaves", "write", "read"]


@pytest.mark.parametrize("side", ["reading", "writing"])
def test_an_error_inside_frees_the_lock(side: str) -> None:
    lock = ReadWriteLock()
    with pytest.raises(RuntimeError), getattr(lock, side)():
        raise RuntimeError
    with lock.writing():
        pass
    with lock.reading():
        pass
