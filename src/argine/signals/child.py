"""A process that hashes what strangers send and can do nothing else. `python -m argine.signals.child FD [MEMORY]`.

It reads requests from an inherited socket and answers on it: a length in 4 bytes, then JSON. The file lies in
inherited memory, or where the system has none such, comes behind the request. First the process says, unasked, how
far it is confined. An error is told by its class and words. See `pool`; films have a process of their own kind
(`film_child`).
"""

import json
import os
import socket
import struct
import sys
from collections.abc import Callable
from functools import partial
from io import BytesIO, FileIO
from typing import Any, BinaryIO, TypeVar

from argine.errors import ArgineError
from argine.media.confine import MIB, Confinement, confine
from argine.media.film_limits import VideoLimits
from argine.media.formats import HEIC_INSTALLED
from argine.media.limits import Limits
from argine.media.preview import preview
from argine.signals.child_answer import plain, plain_preview
from argine.signals.hasher import hash_file_bytes, hash_query
from argine.signals.types import SignalType
from argine.signals.warm import warm_up

AnyLimits = TypeVar("AnyLimits", Limits, VideoLimits)
Asking = Callable[[dict[str, Any]], bool]
Answering = Callable[[dict[str, Any], BinaryIO, AnyLimits, Asking], dict[str, Any]]

# What a picture may take beside its file: its pixels in several forms at once.
BYTES_A_PIXEL = 24
SLACK = 512 * MIB


def room(limits: Limits) -> int:
    """Bytes of memory that the largest allowed picture may need."""
    return limits.max_pixels * BYTES_A_PIXEL + 4 * limits.max_bytes + SLACK


def read_exactly(connection: socket.socket, count: int) -> bytearray:
    """Read `count` bytes.

    Raises:
        EOFError: the other side is gone.
    """
    data = bytearray(count)
    view, got = memoryview(data), 0
    while got < count:
        read = connection.recv_into(view[got:])
        if read == 0:
            raise EOFError
        got += read
    return data


def send(connection: socket.socket, head: object, data: bytes = b"") -> None:
    text = json.dumps(head).encode()
    connection.sendall(struct.pack("=I", len(text)) + text)
    if data:
        connection.sendall(data)


def write_all(memory: int, data: bytes) -> None:
    """Write a file into shared memory."""
    view, place = memoryview(data), 0
    while place < len(view):
        place += os.pwrite(memory, view[place:], place)


def receive(connection: socket.socket) -> Any:  # noqa: ANN401 - whatever the other side wrote as JSON
    (length,) = struct.unpack("=I", read_exactly(connection, 4))
    return json.loads(read_exactly(connection, length))


def answer(request: dict[str, Any], file: BinaryIO, limits: Limits, _ask: Asking) -> dict[str, Any]:
    """Hash one picture, or draw it anew."""
    data = file.read(request["size"])
    if side := request.get("preview"):
        return plain_preview(preview(data, side, limits))
    types = frozenset(map(SignalType, request["types"]))
    hashed = hash_query(data, limits, types) if request["query"] else hash_file_bytes(data, types, limits)
    return plain(hashed)


def quiet() -> None:
    """Nothing that a library prints may reach a terminal or a log."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def serve(kind: type[AnyLimits], prepare: Callable[[AnyLimits], Confinement], answer: Answering[AnyLimits]) -> None:
    """Work for the process that started this one, until it is gone.

    Args:
        kind: of limits, within which every file is hashed; they are told first of all.
        prepare: told the limits, load and compile everything, then give up what is not needed.
        answer: hash one file, of so many bytes.
    """
    handle, *shared = map(int, sys.argv[1:])
    memory = FileIO(shared[0], closefd=False) if shared else None
    with socket.socket(fileno=handle) as connection:
        try:
            limits = kind(**receive(connection))
        except (EOFError, OSError):  # it was gone before this process had begun
            os._exit(0)
        reached = prepare(limits)
        send(connection, {"landlock": reached.landlock, "seccomp": reached.seccomp})
        while True:
            try:
                request = receive(connection)
            except (EOFError, OSError):
                os._exit(0)
            file = _laid_down(connection, request["size"], memory)
            try:
                told = answer(request, file, limits, partial(_asked, connection))
            except ArgineError as error:
                told = {"error": type(error).__name__, "message": str(error)}
            send(connection, told)


def _laid_down(connection: socket.socket, size: int, memory: FileIO | None) -> BinaryIO:
    """The file of a request: as it lies in shared memory, or as it comes through the socket."""
    if memory is None:
        return BytesIO(read_exactly(connection, size))
    memory.seek(0)
    return memory


def _asked(connection: socket.socket, so_far: dict[str, Any]) -> bool:
    """Tell what there is so far, and hear whether it is enough."""
    send(connection, so_far)
    return receive(connection) is True


def _prepare(limits: Limits) -> Confinement:
    warm_up()
    quiet()
    # The decoder of HEIC starts a thread for each picture, whatever it is told.
    return confine(room(limits), threads=HEIC_INSTALLED)


if __name__ == "__main__":
    serve(Limits, _prepare, answer)
