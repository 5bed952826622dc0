"""Check receipts of an Argine log, on any computer with Python 3.11 or newer: no network, no package, no desk.

    python3 argine_verify.py receipt.json --key "argine-log/..."

It tells whether what a receipt says stands in the log, at its place, since its time. With checkpoints that somebody
kept (--checkpoint) and the log's proof that it grew from one to the other (--proof) it tells too whether the log is
still the one that others saw. The exit code is 0 if all holds, 6 if something does not, 2 if something is missing.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from argine.merkle import case_receipt, receipt
from argine.merkle.checkpoint import Checkpoint, open_signed
from argine.merkle.cosignature import Cosignature, WitnessKey, verify_cosignatures
from argine.merkle.errors import MerkleError
from argine.merkle.growth import Growth, MissingProofError, check_agreement, parse_growth
from argine.merkle.note import VerifierKey
from argine.merkle.receipt import VerifiedReceipt

HOLDS, MISSING, ALTERED = 0, 2, 6
MOST_BYTES = 16 * 1024 * 1024
LOG_KEY = "log_key"
END_OF_CALENDAR = 253_402_300_800  # the first second of the year 10000


class InputError(Exception):
    """A file that cannot be read, or is not what was asked for."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What the one who checks brings along: keys from elsewhere, checkpoints that were kept, proofs of growth."""

    key: VerifierKey
    kept: tuple[str, ...] = ()
    growths: tuple[Growth, ...] = ()
    witnesses: tuple[WitnessKey, ...] = ()


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line names, write what was found, return the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        trust = _trust(asked)
        heads = [open_signed(text, [trust.key]) for text in trust.kept]
        for path in asked.receipts:
            verified, cosigned = verify_any_receipt(_receipt(path), trust)
            heads.append(verified.checkpoint)
            _say(_told(path, verified, cosigned))
        check_one_log(heads, trust)
    except (InputError, OSError, MissingProofError) as error:
        _say(f"Cannot tell. {error}")
        return MISSING
    except MerkleError as error:
        _say(f"DOES NOT HOLD. {error}")
        return ALTERED
    _say(f"All holds: {len(asked.receipts)} receipts and {len(trust.kept)} checkpoints of one log.")
    return HOLDS


def verify_any_receipt(value: dict[str, object], trust: Trust) -> tuple[VerifiedReceipt, tuple[Cosignature, ...]]:
    """Check a receipt of a case, or of any entry of the log, and that each witness asked for cosigned its head.

    Raises:
        MerkleError: it does not hold.
    """
    if value.get("format") == case_receipt.FORMAT:
        log = value.get("log")
        verified = case_receipt.verify_case_receipt(value, [trust.key])
    else:
        log = value
        plain = {name: part for name, part in value.items() if name != LOG_KEY}
        verified = receipt.verify_receipt(plain, [trust.key])
    return verified, cosigned_by(log, trust.witnesses)


def cosigned_by(log: object, witnesses: Sequence[WitnessKey]) -> tuple[Cosignature, ...]:
    """Check that each of the witnesses cosigned the head that a document's part `log` has.

    Raises:
        MerkleError: one did not.
    """
    cosigned = verify_cosignatures(str(log["checkpoint"]) if isinstance(log, dict) else "", witnesses)
    for witness in witnesses:
        if witness.name not in {found.name for found in cosigned}:
            raise MerkleError(f"The witness {witness.name} has not cosigned this receipt's checkpoint.")
    return cosigned


def check_one_log(heads: Sequence[Checkpoint], trust: Trust) -> None:
    """Check that all heads are of one log that only grew. Agreement carries over: each is held against the next larger.

    Raises:
        MissingProofError: a proof of growth is missing; the text says which.
        MerkleError: the log shows two faces.
    """
    for old, new in pairwise(sorted(heads, key=lambda head: head.size)):
        check_agreement(old, new, trust.growths, [trust.key])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("receipts", nargs="*", metavar="RECEIPT", help="receipt.json, as the person or the desk has it")
    parser.add_argument("--key", required=True, metavar="VKEY", help="the log's key, got from elsewhere; or @FILE")
    parser.add_argument("--checkpoint", action="append", default=[], metavar="FILE", help="a signed head that was kept")
    parser.add_argument(
        "--proof", action="append", default=[], metavar="FILE", help="the log's proof that it only grew"
    )
    parser.add_argument(
        "--witness", action="append", default=[], metavar="VKEY", help="a witness that must have cosigned"
    )
    return parser


def _trust(asked: argparse.Namespace) -> Trust:
    key = read_small(asked.key[1:]) if asked.key.startswith("@") else asked.key
    try:
        trusted = VerifierKey.parse(key.strip()), tuple(WitnessKey.parse(text.strip()) for text in asked.witness)
    except MerkleError as error:
        raise InputError(f"A key that was given is no such key. {error}") from None
    kept = tuple(read_small(path) for path in asked.checkpoint)
    return Trust(trusted[0], kept, tuple(parse_growth(read_small(path)) for path in asked.proof), trusted[1])


def read_small(name: str) -> str:
    """Read a text file of at most 16 MiB.

    Raises:
        OSError: it cannot be read.
        InputError: it is larger, or no text.
    """
    with Path(name).open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise InputError(f"{name} is not UTF-8 text.") from None
    if len(data) > MOST_BYTES:
        raise InputError(f"{name} is too large to be what is asked for.")
    return text


def _receipt(name: str) -> dict[str, object]:
    try:
        value = json.loads(read_small(name), object_pairs_hook=without_double_names)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise InputError(f"{name} is no receipt: it is not a JSON object.")
    return value


def without_double_names(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a name that stands there twice: other readers might show the other value.

    Raises:
        ValueError: one does.
    """
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands there twice")
    return dict(pairs)


def _told(path: str, verified: VerifiedReceipt, cosigned: Sequence[Cosignature]) -> str:
    entry = verified.entry if isinstance(verified.entry, dict) else {}
    head = verified.checkpoint
    lines = [
        f"{path}: entry {verified.index}, {entry.get('event')}, of {entry.get('at')},",
        f"  stands in the log {head.origin} of {head.size} entries.",
        *(f"  The witness {found.name} saw that log on {utc(found.at)}." for found in cosigned),
    ]
    return "\n".join(lines)


def _say(text: str) -> None:
    """Write for a person: nothing that came from a file may steer the terminal."""
    sys.stdout.write("".join(c if c.isprintable() or c == "\n" else "?" for c in text) + "\n")


def utc(seconds: int) -> str:
    """Write the instant of a cosignature for a person."""
    if seconds >= END_OF_CALENDAR:
        return "a day that no calendar has"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


if __name__ == "__main__":
    sys.exit(main())
