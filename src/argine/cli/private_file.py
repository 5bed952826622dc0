"""Files that a command writes for its owner alone, whole or not at all."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO


@contextmanager
def writing(path: Path | None) -> Iterator[TextIO]:
    """Hand out a file to write text to, readable by its owner only; standard output if there is no path.

    The file appears under its name when it is complete: an interrupted command leaves what was there before.

    Raises:
        OSError: it cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    with writing_bytes(path) as binary, TextIOWrapper(binary, encoding="utf-8") as file:
        yield file


@contextmanager
def writing_bytes(path: Path) -> Iterator[BinaryIO]:
    """Do as `writing`, for a file that is no text."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
