"""`argine bank add`: pictures and films hashed on this machine, or signals that were made elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict, Unpack

import click

from argine.cli.desk.folder import makes_desk
from argine.cli.exits import CommandError, Exit
from argine.cli.failures import os_reason
from argine.cli.files import read_file, walk
from argine.cli.hash import hash_path, parsed, parsed_animation
from argine.cli.output import json_line, json_option, progress, wants_json
from argine.cli.regions import RegionText
from argine.desk.banks.operations import add_entry
from argine.desk.banks.queries import fingerprint, fingerprints, get_bank
from argine.desk.core.actor import SHELL
from argine.errors import ArgineError
from argine.signals.errors import SignalError
from argine.signals.hasher import ALL_TYPES
from argine.signals.patch import Rectangle
from argine.signals.types import EXACT_TYPES, MIN_PDQ_QUALITY, Signal, SignalType
from argine.signals.video import vpdq as vpdq_text

ORIGIN = "shell"
EMPTY = "The file is empty."
NO_TIMES = "only identical copies will match: a part cannot be marked in a film"
NO_PATCHES = "only identical copies will match: it has no patch signal, which alone tells a part from the whole"


class Added(TypedDict):
    """What is written of one picture: `entry` is null if nothing was added, and `note` or `error` says why."""

    path: str | None
    entry: str | None
    types: list[str]
    note: NotRequired[str]
    error: NotRequired[str]


class How(TypedDict):
    """How files are banked: the options of the command."""

    region: Rectangle | None
    exact_only: bool
    vpdq: bool


class SignalText(click.ParamType[Signal]):
    """Reads `pdq:HEX`, `sha256:HEX`, `md5:HEX`; a quality may follow a `pdq`, as in `pdq:HEX:100`."""

    name = "type:hex"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Signal:
        kind, _, rest = str(value).partition(":")
        digits, _, quality = rest.partition(":")
        try:
            return Signal.parse(kind.lower(), digits, int(quality) if quality else None)
        except SignalError as error:
            self.fail(str(error), param, ctx)
        except ValueError:
            self.fail("The quality is a whole number from 0 to 100.", param, ctx)


@click.command("add")
@click.argument("bank_id", metavar="BANK")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE...|DIR]")
@click.option(
    "--signal", "signals", multiple=True, type=SignalText(),
    help="Add one entry of signals that were made elsewhere, such as pdq:HEX. Several make one entry.",
)  # fmt: skip
@click.option(
    "--region", type=RegionText(),
    help="Only this part of the one picture is unlawful (x, y, width, height in fractions of it): a match must agree "
    "in it, so that the lawful picture it was put on is not blocked.",
)  # fmt: skip
@click.option("--exact-only", is_flag=True, help="Take sha256 and md5 only: of files of any kind.")
@click.option(
    "--vpdq", is_flag=True, help="The files are vPDQ hashes of films, as others write them: text, one a film."
)
@json_option
@click.pass_context
@makes_desk
def add_command(
    ctx: click.Context,
    bank_id: str,
    files: tuple[Path, ...],
    signals: tuple[Signal, ...],
    *,
    as_json: bool,
    **how: Unpack[How],
) -> None:
    """Bank pictures and films by their signals, one entry a file; folders are walked. They are read, never kept.

    Of an animation the frames that differ from one another are banked together, as one entry; of a film two frames a
    second, and more where much moves.

    What is too flat or too small to be compared by look is banked by its exact signals, and that is said. A file that
    is no readable picture or film is not banked and does not stop the others: the exit code is then 3.
    """
    region, exact_only, vpdq = how["region"], how["exact_only"], how["vpdq"]
    if vpdq and (exact_only or region is not None):
        raise click.UsageError("--vpdq goes with neither --exact-only nor --region.")
    if not files and not signals:
        raise click.UsageError("Name files or folders, or give signals with --signal.")
    if region is not None and (len(files) + bool(signals) != 1 or any(path.is_dir() for path in files)):
        raise click.UsageError("A --region belongs to one picture: name one file, or give the signals of one.")
    bank = get_bank(bank_id)
    if signals and not any(signal.hashable for signal in signals):
        raise CommandError("Nothing could match such an entry: its pdq is of too low a quality.", Exit.BAD_INPUT)
    write = json_line if wants_json(as_json=as_json) else _write_text
    failed = False
    add = Adder(bank.id, fingerprints(bank.id), EXACT_TYPES if exact_only else ALL_TYPES, region, vpdq=vpdq)
    for record in add.everything(files, signals):
        failed = failed or "error" in record
        write(record)
    ctx.exit(Exit.BAD_INPUT if failed else Exit.OK)


@dataclass(frozen=True, slots=True)
class Adder:
    """Puts pictures into one bank; `known` tells by fingerprint what it holds already."""

    bank_id: str
    known: dict[bytes, bool]
    types: frozenset[SignalType]
    region: Rectangle | None
    vpdq: bool = False

    def everything(self, files: Sequence[Path], signals: Sequence[Signal]) -> Iterator[Added]:
        if signals:
            yield self.signals(None, signals)
        for path in progress(list(walk(files)), "Hashing"):
            yield self.file(path)

    def file(self, path: Path) -> Added:
        return self.vpdq_file(path) if self.vpdq else self.media_file(path)

    def vpdq_file(self, path: Path) -> Added:
        """Bank a film of which others have made the hashes."""
        problem = ""
        try:
            film = vpdq_text.from_text(read_file(path).decode("utf-8"))
            if any(film.rows["quality"] >= MIN_PDQ_QUALITY):
                return self.signals(path, [film.signal()])
            problem = "None of its frames could be told from others: all are of too low a quality."
        except UnicodeDecodeError:
            problem = "This is no text."
        except OSError as error:
            problem = os_reason(error)
        except ArgineError as error:
            problem = str(error)
        return {"path": str(path), "entry": None, "types": [], "error": problem}

    def media_file(self, path: Path) -> Added:
        record = hash_path(path, self.types)
        problem = record.get("error") or (EMPTY if path.stat().st_size == 0 else None)
        if problem is not None:
            return {"path": str(path), "entry": None, "types": [], "error": problem}
        animation = parsed_animation(record)
        signals = [*parsed(record["signals"]), *(animation.signals if animation else ())]
        added = self.signals(path, signals)
        if record["unhashable"] is not None and "note" not in added:
            added["note"] = f"only identical copies will match: {record['unhashable']}"
        return added

    def signals(self, path: Path | None, signals: Sequence[Signal]) -> Added:
        mark, types = fingerprint(signals), [*dict.fromkeys(signal.type.value for signal in signals)]
        name = None if path is None else str(path)
        if self.known.get(mark):
            return {"path": name, "entry": None, "types": types, "note": "is there already"}
        entry = add_entry(self.bank_id, signals, origin=ORIGIN, by=SHELL, region=self.region)
        self.known[mark] = True
        added: Added = {"path": name, "entry": str(entry.id), "types": types}
        if self.region is not None and SignalType.PATCH not in types:
            added["note"] = NO_TIMES if SignalType.VIDEO in types else NO_PATCHES
        return added


def _write_text(record: Added) -> None:
    """Write a record for a person."""
    name = "signals" if record["path"] is None else click.format_filename(record["path"])
    if "error" in record:
        click.secho(f"{name}: not banked: {record['error']}", fg="red")
        return
    if record["entry"] is not None:
        click.echo(f"{name}: entry {record['entry']} ({', '.join(record['types'])})")
    if "note" in record:
        click.secho(f"{name}: {record['note']}", fg="yellow")
