"""`argine hash`: the signals of files and folders, as they would be made of an upload."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NotRequired, TypedDict

import click

from argine.cli.exits import Exit
from argine.cli.failures import os_reason
from argine.cli.files import is_film_file, read_file, walk
from argine.cli.output import json_line, json_option, progress, wants_json
from argine.errors import ArgineError
from argine.matching.films import video_of
from argine.media.errors import MediaError
from argine.media.film_limits import DEFAULT_VIDEO_LIMITS
from argine.media.limits import DEFAULT_LIMITS
from argine.signals.animation import Animation, AnimationFrame
from argine.signals.child_answer import views_of
from argine.signals.films import hash_film, hash_film_query
from argine.signals.hasher import HashedFile, hash_file_bytes, hash_query
from argine.signals.patch_bytes import to_base64url
from argine.signals.types import EXACT_TYPES, Signal, SignalType
from argine.signals.video.hashed import HashedVideo
from argine.signals.video.vpdq import to_lines

Types = frozenset[SignalType]

# `patch` and `video` are long and say more than the others: they are written when they are asked for.
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


class FilmRecord(TypedDict):
    """What is written of a film: its length in seconds, its size in pixels, and what was made of how many frames.

    `views`: of a query only: of each row of its `video` the eight views, 32 bytes each, in base64url.
    """

    seconds: float
    width: int
    height: int
    frames: int
    rows: int
    patch_sets: int
    views: NotRequired[str]


class FileRecord(TypedDict):
    """What is written of one file."""

    path: str
    signals: list[SignalRecord]
    unhashable: str | None
    views: NotRequired[list[SignalRecord]]
    animation: NotRequired[AnimationRecord]
    film: NotRequired[FilmRecord]
    vpdq: NotRequired[list[str]]
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
    help="Which to make. A film has a `video` in place of `pdq` and `patch`.",
)
@click.option(
    "--vpdq", is_flag=True, help="Of films, write the frames as vPDQ's JSON list, which others read and write."
)
@json_option
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], types: Types, *, vpdq: bool, as_json: bool) -> None:
    """Make the signals of pictures and films; folders are walked. Nothing leaves this machine.

    A file that cannot be read does not stop the others: its line holds an error, and the exit code is 3.
    """
    write = json_line if wants_json(as_json=as_json) else write_text
    failed = False
    for path in progress(list(walk(files)), "Hashing"):
        record = hash_path(path, types)
        if vpdq:
            _add_vpdq(record)
        if SignalType.VIDEO not in types:
            record["signals"] = [signal for signal in record["signals"] if signal["type"] != SignalType.VIDEO]
        failed = failed or "error" in record
        write(record)
    ctx.exit(Exit.BAD_INPUT if failed else Exit.OK)


def hash_path(path: Path, types: Types) -> FileRecord:
    """Make the record of one file as a bank keeps it; `error` stands in it only where something went wrong."""
    exact = types & EXACT_TYPES
    # Who asks for a picture's look asks for a film's: its frames.
    of_film = exact if types <= EXACT_TYPES else exact | {SignalType.VIDEO}
    made = _hash(path, lambda data: hash_file_bytes(data, types), lambda data: hash_film(data, of_film), exact)
    made.get("film", {}).pop("views", None)
    return made


def query_path(path: Path) -> FileRecord:
    """Make the record of one file as a query: with its views, and more patches than a bank keeps."""
    return _hash(path, hash_query, hash_film_query, EXACT_TYPES)


def _hash(
    path: Path, make: Callable[[bytes], HashedFile], make_of_film: Callable[[bytes], HashedFile], exact: Types
) -> FileRecord:
    try:
        film = is_film_file(path)
        data = read_file(path, DEFAULT_VIDEO_LIMITS if film else DEFAULT_LIMITS)
    except OSError as error:
        return _record(path, HashedFile(()), os_reason(error))
    except ArgineError as error:
        return _record(path, HashedFile(()), str(error))
    try:
        return _record(path, make_of_film(data) if film else make(data))
    except MediaError as error:
        # Its bytes can still be compared with known bytes.
        return _record(path, hash_file_bytes(data, exact), str(error))


def write_text(record: FileRecord) -> None:
    """Write a record for a person."""
    click.secho(click.format_filename(record["path"]), bold=True)
    _write_signals(record["signals"], "  ")
    if "animation" in record:
        _write_animation(record["animation"])
    if "film" in record:
        _write_film(record["film"])
    for line in record.get("vpdq", []):
        click.echo(f"  vpdq    {line}")
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


def _write_film(film: FilmRecord) -> None:
    click.echo(
        f"  film of {film['seconds']:.1f} s, {film['width']} x {film['height']}: {film['frames']} frames looked at, "
        f"{film['rows']} kept, {film['patch_sets']} of them with patches"
    )


def _add_vpdq(record: FileRecord) -> None:
    """Add a film's frames as vPDQ writes them."""
    film = video_of(parsed(record["signals"]))
    if film is not None:
        record["vpdq"] = to_lines(film)


def _record(path: Path, hashed: HashedFile, error: str | None = None) -> FileRecord:
    record: FileRecord = {"path": str(path), "signals": _signals(hashed.signals), "unhashable": hashed.unhashable}
    if hashed.views:
        record["views"] = _signals(hashed.views)
    if hashed.animation:
        record["animation"] = _animation(hashed.animation)
    if hashed.video:
        record["film"] = _film(hashed.video)
    if error is not None:
        record["error"] = error
    return record


def _film(video: HashedVideo) -> FilmRecord:
    signal = video.signal
    return {
        "seconds": signal.milliseconds / 1000,
        "width": signal.width,
        "height": signal.height,
        "frames": video.frames,
        "rows": len(signal),
        "patch_sets": len(signal.patches),
        "views": to_base64url(video.known_views.tobytes()),
    }


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


def parsed_film(record: FileRecord) -> HashedVideo | None:
    """Read back what was written of a film that is a query; None of anything else."""
    film = video_of(parsed(record["signals"]))
    if film is None or "film" not in record:
        return None
    told = record["film"]
    return HashedVideo(film, views_of(told["views"], len(film)), told["frames"], 0)


def _signals(signals: Iterable[Signal]) -> list[SignalRecord]:
    return [{"type": signal.type.value, "value": signal.text, "quality": signal.quality} for signal in signals]
