"""`argine scan`: which stored files are copies of something banked?"""

import importlib
import json
import os
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic
from typing import TypedDict, Unpack
from uuid import uuid4

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from argine.cli.desk.check_records import match_record
from argine.cli.desk.folder import changes_desk, database_in_words
from argine.cli.desk.scan_keys import bring_over, place_of
from argine.cli.exits import CommandError, Exit
from argine.cli.hash import SignalTypes, Types
from argine.desk.banks import queries
from argine.desk.banks.live import BANKS, grown_since
from argine.desk.banks.operations import Content, check_upload
from argine.desk.cases.operations import note_seen_again
from argine.desk.core import hashing, time
from argine.desk.core.actor import SHELL
from argine.desk.core.crypto import seal_bytes, unseal_bytes
from argine.matching import Match, Matcher, decide
from argine.scan import job
from argine.scan.book import SHARD_FILES, Book, Found
from argine.scan.hashing import How
from argine.scan.job import Judge, Judged, Runner
from argine.scan.local import Local
from argine.scan.sources import Source
from argine.signals.child_answer import parsed, plain
from argine.signals.hasher import ALL_TYPES, HashedFile

BOOK = ".book"
EVERY_S = 30.0


class Options(TypedDict):
    """The options of the command beside the place."""

    banks: tuple[str, ...]
    out: Path
    workers: int
    ray: str | None
    types: Types
    shard: int
    resume: bool
    record: bool
    forget: bool


@click.command("scan")
@click.argument("place", metavar="DIR|LIST")
@click.option("--bank", "banks", multiple=True, metavar="BANK", help="Ask this bank only; may be given several times.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report here: a line of JSON for each file that matched or could not be checked. "
    f"The scan's book lies beside it, with {BOOK} behind the name.",
)
@click.option(
    "--workers",
    default=lambda: os.cpu_count() or 1,
    show_default="one for each processor",
    type=click.IntRange(1, 512),
    help="Hashing processes of this machine.",
)
@click.option("--ray", metavar="ADDRESS", help="Hash on this Ray cluster; `local` starts one here.")
@click.option(
    "--signals",
    "types",
    default=",".join(sorted(ALL_TYPES)),
    type=SignalTypes(),
    help="Which to make; all without this.",
)
@click.option(
    "--shard",
    default=SHARD_FILES,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="Files that are done together.",
)
@click.option("--resume", is_flag=True, help="Go on with the scan that --out names, or look for what is new since.")
@click.option("--record", is_flag=True, help="Let each match count as met, as for an upload: the console shows it.")
@click.option("--forget", is_flag=True, help="Keep no signals: when a bank grows, everything is decoded again.")
@click.pass_context
@changes_desk
def command(ctx: click.Context, /, place: str, **options: Unpack[Options]) -> None:
    """Find copies of what is banked among stored files: a folder, a bucket (s3://...), or a list of names.

    A list has one path or address a line, or an object: {"path": ..., "id": ..., "stamp": ...}; `id` is the platform's
    own name of the content, `stamp` anything that changes when the file does.

    Stopped at any moment, even by force, it goes on with --resume where it was. Once it is done, --resume hashes files
    that are new or changed, and compares the others with what was banked since, without reading them again.

    The exit code is 0 if a file matched, 1 if none did, 3 if some could not be checked.
    """
    with closing(_open(place, options)) as book:
        judge = _judge(book, options)
        added = book.add(Source(place).files(), options["shard"])
        click.echo(f"{book.count().files:,} files, {added:,} of them to be hashed.", err=True)
        with _runner(options) as runner, _shown(book) as done:
            job.run(book, runner, judge, done)
        if options["record"]:
            _record(book, judge, options["banks"])
        _write_report(book, options["out"])
        count = book.count()
    click.echo(
        f"{count.block:,} to be kept out, {count.review:,} to be reviewed, {count.failed:,} not checked.", err=True
    )
    ctx.exit(Exit.BAD_INPUT if count.failed else Exit.OK if count.block + count.review else Exit.DIFFERENT)


def _open(place: str, options: Options) -> Book:
    path = options["out"].with_name(options["out"].name + BOOK)
    about = {
        "scan": str(uuid4()),
        "place": place,
        "banks": ",".join(sorted(options["banks"])),
        "types": ",".join(sorted(options["types"])),
    }
    if not options["resume"]:
        try:
            return Book.make(path, about, _now)
        except FileExistsError:
            raise CommandError(
                f"{path} is there: go on with it by --resume, or name another --out.", Exit.REFUSED
            ) from None
    if not path.exists():
        raise CommandError(f"There is no scan to go on with: {path} is missing.", Exit.REFUSED)
    book = Book.open(path, _now)
    for name, word in (("place", "place"), ("banks", "--bank"), ("types", "--signals")):
        if book.about(name) != about[name]:
            book.close()
            raise CommandError(f"That scan was begun with another {word}; name another --out.", Exit.REFUSED)
    bring_over(book)
    return book


def _now() -> float:
    return time.now().timestamp()


def _judge(book: Book, options: Options) -> Judge:
    with database_in_words():
        banks = frozenset(queries.get_bank(bank).id for bank in options["banks"]) or None
        seen = queries.newest_change()
        matcher = BANKS.matcher()

    def grown(since: int) -> Callable[[HashedFile], bool] | None:
        fresh = grown_since(since, seen)
        return None if fresh is None else lambda hashed: bool(_matches(fresh, hashed, banks))

    def judged(hashed: HashedFile) -> Judged:
        matches = _matches(matcher, hashed, banks)
        verdict = decide(matches, hashable=hashed.unhashable is None)
        return Judged(verdict.value, json.dumps([match_record(match) for match in matches]))

    def seal(number: int, hashed: HashedFile) -> bytes | None:
        return None if options["forget"] else seal_bytes(_packed(hashed), place_of(book, number))

    def unseal(number: int, blob: bytes) -> HashedFile:
        return parsed(json.loads(zlib.decompress(unseal_bytes(blob, place_of(book, number)))))

    return Judge(seen, judged, grown, seal, unseal)


def _packed(hashed: HashedFile) -> bytes:
    return zlib.compress(json.dumps(plain(hashed)).encode(), 1)


def _matches(matcher: Matcher, hashed: HashedFile, banks: frozenset[str] | None) -> Sequence[Match]:
    return matcher.match(hashed.signals, banks, hashed.views, hashed.animation, hashed.video)


@contextmanager
def _runner(options: Options) -> Iterator[Runner]:
    runner = _start(options)
    try:
        yield runner
    finally:
        runner.close()


def _start(options: Options) -> Runner:
    how = How(options["types"], hashing.file_limits())
    if options["ray"] is None:
        return Local(options["workers"], how)
    try:
        on_ray = importlib.import_module("argine.scan.on_ray")
    except ModuleNotFoundError:
        raise CommandError("Ray is not installed: pip install 'argine[ray]', on every node.", Exit.REFUSED) from None
    runner: Runner = on_ray.OnRay(options["ray"], how)
    return runner


@contextmanager
def _shown(book: Book) -> Iterator[Callable[[int], None]]:
    """Show how far the scan is: a bar with the time left where somebody looks, else a line now and then."""
    start = book.count()
    if not sys.stderr.isatty():
        yield _lines(book)
        return
    found = TextColumn("{task.fields[found]}")
    columns = (
        TextColumn("Scanning"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        found,
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=start.files, completed=start.done, found="")

        def done(_files: int) -> None:
            count = book.count()
            bar.update(task, completed=count.done, found=f"{count.block} block, {count.review} review")

        yield done


def _lines(book: Book) -> Callable[[int], None]:
    begun = last = monotonic()
    hashed = 0

    def done(files: int) -> None:
        nonlocal last, hashed
        hashed += files
        if monotonic() - last < EVERY_S:
            return
        last = monotonic()
        count, rate = book.count(), hashed / (last - begun)
        left = f", {(count.files - count.done) / rate / 60:.0f} minutes left" if rate else ""
        click.echo(f"{count.done:,} of {count.files:,} files, {rate:.0f} a second{left}", err=True)

    return done


def _record(book: Book, judge: Judge, banks: tuple[str, ...]) -> None:
    """Let matches count as met, each once: the console shows them in their cases."""
    wanted = frozenset(banks) or None
    for found in book.found():
        if found.verdict is None or found.told:
            continue
        content = Content(id=found.file.content_id)
        if found.signals is not None and not queries.was_seen(content.digest, _entries(found)):
            hashed = judge.unseal(found.number, found.signals)
            checked = check_upload(hashed, by=SHELL, content=content, banks=wanted)
            note_seen_again(checked, content, by=SHELL)
        book.tell(found.number)


def _entries(found: Found) -> list[str]:
    return [match["entry"] for match in json.loads(found.matches)]


def _write_report(book: Book, out: Path) -> None:
    """Write the whole report under another name, then put it in its place."""
    draft = out.with_name(f"{out.name}.part")
    with draft.open("w", encoding="utf-8") as file:
        for found in book.found():
            record = {
                "path": found.file.name, "id": found.file.content_id, "verdict": found.verdict,
                "matches": json.loads(found.matches), "error": found.error,
            }  # fmt: skip
            file.write(json.dumps(record) + "\n")
    draft.replace(out)
