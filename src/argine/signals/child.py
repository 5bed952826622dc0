"""A process that hashes what strangers send and can do nothing else. `python -m argine.signals.child FD [MEMORY]`.

It reads requests from an inherited socket and answers on it: a length in 4 bytes, then JSON. The file lies in
inherited memory, or where the system has none such, comes behind the request. First the process says, unasked, how
far it is confined. See `pool`.
"""

import json
import os
import socket
import struct
import sys
from typing import Any

from argine.errors import ArgineError
from argine.media.confine import MIB, Confinement, confine
from argine.media.formats import HEIC_INSTALLED
from argine.media.limits import Limits
from argine.signals.animation import Animation, AnimationFrame
from argine.signals.hasher import HashedFile, hash_file_bytes, hash_query
from argine.signals.types import Signal, SignalType
from argine.signals.warm import warm_up

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


def read_all(memory: int, size: int) -> bytes:
    """Read a file from shared memory."""
    os.lseek(memory, 0, os.SEEK_SET)
    data = os.read(memory, size)
    while len(data) < size:
        if not (more := os.read(memory, size - len(data))):
            raise EOFError
        data += more
    return data


def receive(connection: socket.socket) -> Any:  # noqa: ANN401 - whatever the other side wrote as JSON
    (length,) = struct.unpack("=I", read_exactly(connection, 4))
    return json.loads(read_exactly(connection, length))


def answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Hash one file; an error is told by its class and words."""
    limits, types = Limits(**request["limits"]), frozenset(map(SignalType, request["types"]))
    try:
        hashed = hash_query(data, limits, types) if request["query"] else hash_file_bytes(data, types, limits)
    except ArgineError as error:
        return {"error": type(error).__name__, "message": str(error)}
    return told(hashed)


def told(hashed: HashedFile) -> dict[str, Any]:
    """Lay out what was made of a file, for JSON; `parsed` reads it back."""
    return {
        "signals": [_plain(signal) for signal in hashed.signals],
        "unhashable": hashed.unhashable,
        "views": [_plain(signal) for signal in hashed.views],
        "animation": hashed.animation and _plain_animation(hashed.animation),
    }


def _plain(signal: Signal) -> list[object]:
    return [signal.type.value, signal.text, signal.quality]


def _plain_animation(animation: Animation) -> list[object]:
    frames = [
        [frame.number, [_plain(signal) for signal in frame.signals], [_plain(signal) for signal in frame.views]]
        for frame in animation.frames
    ]
    return [animation.total, animation.left_out, animation.hashed, frames, animation.first]


def parsed(told: dict[str, Any]) -> HashedFile:
    """Read back what `answer` wrote. A confined process may have been taken over: everything is checked again."""
    animation = told["animation"] and _parsed_animation(*told["animation"])
    return HashedFile(_parsed(told["signals"]), told["unhashable"], _parsed(told["views"]), animation)


def _parsed(told: list[list[Any]]) -> tuple[Signal, ...]:
    return tuple(Signal.parse(kind, text, quality) for kind, text, quality in told)


def _parsed_animation(total: int, left_out: int, hashed: int, frames: list[list[Any]], first: int) -> Animation:
    made = tuple(AnimationFrame(int(number), _parsed(signals), _parsed(views)) for number, signals, views in frames)
    return Animation(int(total), int(left_out), int(hashed), made, int(first))


def _quiet() -> None:
    """Nothing that a library prints may reach a terminal or a log."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _prepare(connection: socket.socket) -> Confinement:
    greeting = receive(connection)
    warm_up()
    _quiet()
    # The decoder of HEIC starts a thread for each picture, whatever it is told.
    return confine(room(Limits(**greeting["limits"])), threads=HEIC_INSTALLED)


def main() -> None:
    handle, *shared = map(int, sys.argv[1:])
    with socket.socket(fileno=handle) as connection:
        reached = _prepare(connection)
        send(connection, {"landlock": reached.landlock, "seccomp": reached.seccomp})
        while True:
            try:
                request = receive(connection)
            except (EOFError, OSError):
                os._exit(0)
            size = request["size"]
            data = read_all(shared[0], size) if shared else bytes(read_exactly(connection, size))
            send(connection, answer(request, data))


if __name__ == "__main__":
    main()
