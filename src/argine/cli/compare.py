"""`argine compare`: how far two pictures, or two PDQ signals, are apart."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypedDict

import click

from argine.cli.exits import CommandError, Exit
from argine.cli.files import read_file
from argine.cli.output import json_line, json_option, wants_json
from argine.cli.regions import RegionText
from argine.index import CODE_BITS
from argine.matching import DEFAULT_PDQ_THRESHOLD, Bank, BankEntry, BankKind, Matcher
from argine.matching.regions import text_of
from argine.signals import exact, pdq
from argine.signals.hasher import hash_file_bytes, hash_query
from argine.signals.patch import Rectangle, Strength
from argine.signals.types import EXACT_TYPES, Signal, SignalType

PDQ_DIGITS = 64


class Comparison(TypedDict):
    """What is written.

    `identical` is null where a side is a bare PDQ; `distance` and `same` are null where they cannot be known.
    """

    distance: int | None
    threshold: int
    same: bool | None
    identical: bool | None
    unhashable: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: a file, or a PDQ that was written out."""

    pdq: Signal | None
    sha256: Signal | None = None
    unhashable: str | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a file of that name, else a PDQ in hexadecimal.

        Raises:
            OSError: the file cannot be read.
            ArgineError: it is neither a picture nor a PDQ.
        """
        if len(text) == PDQ_DIGITS and not Path(text).exists():
            return cls(Signal.parse(SignalType.PDQ, text))
        data = read_file(Path(text))
        hashed = hash_file_bytes(data, {SignalType.PDQ})
        return cls(next(iter(hashed.signals), None), exact.sha256(data), hashed.unhashable)


@click.command
@click.argument("a")
@click.argument("b")
@click.option(
    "--region", type=RegionText(),
    help="Only this part of A is unlawful (x, y, width, height in fractions of it): is B a copy that shows it?",
)  # fmt: skip
@json_option
@click.pass_context
def command(ctx: click.Context, a: str, b: str, region: Rectangle | None, *, as_json: bool) -> None:
    """Say how far two pictures are apart: A and B are files, or PDQ signals of 64 hexadecimal digits.

    With --region, both are files, and B is the same only if it agrees in that part of A, as in a bank: what A was made
    from is not. The exit code is 0 if they are the same picture, 1 if not, 3 if that cannot be said.
    """
    if region is not None:
        part = compare_part(Path(a), Path(b), region)
        if wants_json(as_json=as_json):
            json_line(part)
        else:
            click.echo(describe_part(part))
        ctx.exit(Exit.OK if part["same"] else Exit.DIFFERENT)
    result = compare(Side.read(a), Side.read(b))
    if wants_json(as_json=as_json):
        json_line(result)
    elif result["same"] is not None:
        click.echo(describe(result))
    if result["same"] is None:
        raise CommandError(f"These cannot be compared by look: {result['unhashable']}.", Exit.BAD_INPUT)
    ctx.exit(Exit.OK if result["same"] else Exit.DIFFERENT)


def compare(one: Side, other: Side) -> Comparison:
    """Compare bytes where both sides have them, and looks where both can be hashed."""
    identical = one.sha256 == other.sha256 if one.sha256 and other.sha256 else None
    distance = pdq.distance(one.pdq, other.pdq) if one.pdq and other.pdq else None
    near = None if distance is None else distance <= DEFAULT_PDQ_THRESHOLD
    return {
        "distance": distance,
        "threshold": DEFAULT_PDQ_THRESHOLD,
        "same": True if identical else near,
        "identical": identical,
        "unhashable": one.unhashable or other.unhashable,
    }


class PartComparison(TypedDict):
    """What is written where a part is marked: `spots` agree in the whole, `sure` if beyond doubt."""

    same: bool
    sure: bool
    identical: bool
    spots: int
    region: str


def compare_part(one: Path, other: Path, region: Rectangle) -> PartComparison:
    """Ask as a bank asks that holds the first, bound to a part of it.

    Raises:
        OSError: a file cannot be read.
        ArgineError: one is no picture.
    """
    matcher = Matcher()
    matcher.put_bank(Bank("a", "A", BankKind.BLOCK))
    matcher.put_entry(BankEntry("a", "a", hash_file_bytes(read_file(one)).signals, region))
    found = matcher.match(hash_query(read_file(other)).signals)
    return {
        "same": bool(found),
        "sure": any(match.strength is Strength.BLOCK for match in found),
        "identical": any(match.signal_type in EXACT_TYPES for match in found),
        "spots": max((match.found.patches for match in found), default=0),
        "region": text_of(region),
    }


def describe_part(result: PartComparison) -> str:
    """Say the result in one line for a person."""
    if not result["same"]:
        return "different pictures: the marked part does not agree"
    if result["identical"]:
        return "same picture; the files are identical"
    doubt = "" if result["sure"] else ", not sure"
    return f"same picture: {result['spots']} spots agree, in the marked part too{doubt}; the files differ"


def describe(result: Comparison) -> str:
    """Say the result in one line for a person."""
    verdict = "same picture" if result["same"] else "different pictures"
    if result["distance"] is None:
        look = f"unhashable: {result['unhashable']}"
    else:
        look = f"distance {result['distance']} of {CODE_BITS} bits, threshold {result['threshold']}"
    files = {True: "; the files are identical", False: "; the files differ", None: ""}[result["identical"]]
    return f"{verdict}: {look}{files}"
