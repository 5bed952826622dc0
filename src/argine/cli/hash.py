"""`argine hash`: the signals of files and folders, as they would be made of an upload."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NotRequired, TypedDict

import click

from argine.cli.exits import Exit
from argine.cli.failures import os_reason
from argine.cli.files import read_file, walk
from argine.cli.output import json_line, json_option, progress, wants_json
from argine.errors import ArgineError
from argine.media.errors import MediaError
from argine.signals.animation import Animation, AnimationFrame
from argine.signals.hasher import HashedFile, hash_file_bytes, hash_query
from argine.signals.types import EXACT_TYPES, Signal, SignalType

Types = frozenset[SignalType]

# `patch` is long and says more of a picture than the others: it is written when it is asked for.
DEFAULT_TYPES = (SignalType.PDQ, SignalType.SHA256, SignalType.MD5)


class SignalRecord(TypedDict):
    """One signal as it is written."""

    type: str
    value: str
    quality: int | None


class FrameRecord(TypedDict):
    """What is written of one frame of an animation, of those behind the first."""

    frame: int
    signals: list[SignalRecord]
    views: NotRequired[list[SignalRecord]]


class AnimationRecord(TypedDict):
    """What is written of an animation beside its first frame; the numbers are those of `Animation`."""

    total: int
    hashed: int
    left_out: int
    first: int
    frames: list[FrameRecord]


class FileRecord(TypedDict):
    """What is written of one file."""

    path: str
    signals: list[SignalRecord]
    unhashable: str | None
    views: NotRequired[list[SignalRecord]]
    animation: NotRequired[AnimationRecord]
    error: NotRequired[str]


class SignalTypes(click.ParamType[Types]):
    """Reads `pdq,sha256,md5`."""

    name = "types"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Types:
        names = {name.strip() for name in str(value).split(",")}
        unknown = ", ".join(sorted(names - set(SignalType)))
        if unknown:
            self.fail(f"unknown: {unknown}. Known are {', '.join(SignalType)}.", param, ctx)
        return frozenset(SignalType(name) for name in names)


@click.command
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--signals",
    "types",
    default=",".join(DEFAULT_TYPES),
    show_default=True,
    type=SignalTypes(),
    help="Which to make.",
)
@json_option
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], types: Types, *, as_json: bool) -> None:
    """Make the signals of pictures; folders are walked. Nothing leaves this machine.

    A file that cannot be read does not stop the others: its line holds an error, and the exit code is 3.
    """
    write = json_line if wants_json(as_json=as_json) else write_text
    failed = False
    for path in progress(list(walk(files)), "Hashing"):
        record = hash_path(path, types)
        failed = failed or "error" in record
        write(record)
    ctx.exit(Exit.BAD_INPUT if failed else Exit.OK)


def hash_path(path: Path, types: Types) -> FileRecord:
    """Make the record of one file as a bank keeps it; `error` stands in it only where something went wrong."""
    return _hash(path, lambda data: hash_file_bytes(data, types), types & EXACT_TYPES)


def query_path(path: Path) -> FileRecord:
    """Make the record of one file as a query: with its views, and more patches than a bank keeps."""
    return _hash(path, hash_query, EXACT_TYPES)


def _hash(path: Path, make: Callable[[bytes], HashedFile], exact: Types) -> FileRecord:
    try:
        data = read_file(path)
    except OSError as error:
        return _record(path, HashedFile(()), os_reason(error))
    except ArgineError as error:
        return _record(path, HashedFile(()), str(error))
    try:
        return _record(path, make(data))
    except MediaError as error:
        # Its bytes can still be compared with known bytes.
        return _record(path, hash_file_bytes(data, exact), str(error))


def write_text(record: FileRecord) -> None:
    """Write a record for a person."""
    click.secho(click.format_filename(record["path"]), bold=True)
    _write_signals(record["signals"], "  ")
    if "animation" in record:
        _write_animation(record["animation"])
    if record["unhashable"] is not None:
        click.secho(f"  unhashable: {record['unhashable']}", fg="yellow")
    if "error" in record:
        click.secho(f"  error: {record['error']}", fg="red")


def _write_signals(signals: Iterable[SignalRecord], indent: str) -> None:
    for signal in signals:
        quality = "" if signal["quality"] is None else f"  quality {signal['quality']}"
        click.echo(f"{indent}{signal['type']:<7} {signal['value']}{quality}")


def _write_animation(animation: AnimationRecord) -> None:
    left_out = f", {animation['left_out']} left out" if animation["left_out"] else ""
    click.echo(f"  animation of {animation['total']} frames, {animation['hashed']} hashed{left_out}")
    for frame in animation["frames"]:
        click.echo(f"  frame {frame['frame']}")
        _write_signals(frame["signals"], "    ")


def _record(path: Path, hashed: HashedFile, error: str | None = None) -> FileRecord:
    record: FileRecord = {"path": str(path), "signals": _signals(hashed.signals), "unhashable": hashed.unhashable}
    if hashed.views:
        record["views"] = _signals(hashed.views)
    if hashed.animation:
        record["animation"] = _animation(hashed.animation)
    if error is not None:
        record["error"] = error
    return record


def _animation(animation: Animation) -> AnimationRecord:
    return {
        "total": animation.total,
        "hashed": animation.hashed,
        "left_out": animation.left_out,
        "first": animation.first,
        "frames": [_frame(frame) for frame in animation.frames],
    }


def _frame(frame: AnimationFrame) -> FrameRecord:
    record: FrameRecord = {"frame": frame.number, "signals": _signals(frame.signals)}
    if frame.views:
        record["views"] = _signals(frame.views)
    return record


def parsed(signals: Iterable[SignalRecord]) -> tuple[Signal, ...]:
    """Read signals back."""
    return tuple(Signal.parse(item["type"], item["value"], item["quality"]) for item in signals)


def parsed_animation(record: FileRecord) -> Animation | None:
    """Read back what was written of an animation; None for a still picture."""
    if "animation" not in record:
        return None
    told = record["animation"]
    frames = tuple(
        AnimationFrame(frame["frame"], parsed(frame["signals"]), parsed(frame.get("views", [])))
        for frame in told["frames"]
    )
    return Animation(told["total"], told["left_out"], told["hashed"], frames, told["first"])


def _signals(signals: Iterable[Signal]) -> list[SignalRecord]:
    return [{"type": signal.type.value, "value": signal.text, "quality": signal.quality} for signal in signals]
