"""`argine receipt`: check receipts with nothing but the log's public key. Needs no desk and no network."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import click

from argine.cli.exits import CommandError, Exit
from argine.cli.output import json_line, json_option, plain, wants_json
from argine.cli.private_file import writing
from argine.merkle import case_receipt, dossier, offline, receipt
from argine.merkle.checkpoint import Checkpoint, open_signed
from argine.merkle.cosignature import Cosignature, WitnessKey
from argine.merkle.dossier import VerifiedDossier
from argine.merkle.errors import MerkleError
from argine.merkle.growth import Growth, MissingProofError, check_agreement, parse_growth
from argine.merkle.note import VerifierKey
from argine.merkle.offline import LOG_KEY, without_double_names
from argine.merkle.one_file import one_file
from argine.merkle.receipt import VerifiedReceipt

MOST_BYTES = 16 * 1024 * 1024
Verified = VerifiedReceipt | VerifiedDossier


class ReceiptRecord(TypedDict):
    """What is written of one receipt. `own_key`: the key was the receipt's own, which proves no origin by itself.

    Of a dossier `entries` says how many entries of the log it proves; `index`, `event` and `at` are null.
    """

    path: str
    ok: bool
    problem: str | None
    index: int | None
    event: str | None
    at: str | None
    log: str | None
    size: int | None
    entries: int | None
    own_key: bool
    witnesses: dict[str, str]


@dataclass(frozen=True, slots=True)
class Trust:
    """What whoever checks believes in: the log's key, a signed head that they kept, witnesses; all may be missing.

    `growths` are proofs of the log that it only grew; they are checked, not believed.
    """

    key: VerifierKey | None = None
    checkpoint: str | None = None
    growths: tuple[Growth, ...] = ()
    witnesses: tuple[WitnessKey, ...] = ()


@click.group("receipt")
def command() -> None:
    """Receipts prove that something stood in a desk's log. They are checked here without asking anybody."""


@command.command("verify")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--key", metavar="VKEY", help="The log's key, or @FILE that holds it, got from elsewhere.")
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A signed head that was kept.",
)
@click.option(
    "--proof", "proofs", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="The log's proof that it only grew between the two, from its address /api/v1/log/consistency.",
)  # fmt: skip
@click.option(
    "--witness", "witnesses", multiple=True, metavar="VKEY", help="A witness that must have cosigned, or @FILE."
)
@json_option
@click.pass_context
def verify(
    ctx: click.Context,
    files: tuple[Path, ...],
    key: str | None,
    checkpoint: Path | None,
    proofs: tuple[Path, ...],
    witnesses: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Check receipts: of a case, as the person who reported has it, or of any log entry; and dossiers, as JSON.

    Without --key the key in the receipt is used. That shows that nothing in the receipt was changed since that key
    signed it, but not whose key it is: compare the key with the one that the desk publishes.

    The exit code is 6 if a receipt does not hold.
    """
    trust = Trust(
        read_key(key),
        read_text(checkpoint) if checkpoint else None,
        tuple(parse_growth(read_text(path)) for path in proofs),
        tuple(WitnessKey.parse(_text_or_file(text)) for text in witnesses),
    )
    ctx.exit(verify_files(files, trust, as_json=as_json))


@command.command("program")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
def program(output: Path | None) -> None:
    """Write the program that checks receipts without Argine: one file, Python's standard library only.

    Whoever gets a receipt can read it in a quarter of an hour and run it: `python3 argine_verify.py --help`.
    """
    with writing(output) as file:
        file.write(one_file())


def verify_files(files: Sequence[Path], trust: Trust, *, as_json: bool) -> Exit:
    """Check receipts and write what is found; tell the exit code.

    Raises:
        OSError, CommandError: a file cannot be read, or is no receipt at all.
    """
    records = [check_receipt(path, trust) for path in files]
    for record in records:
        if wants_json(as_json=as_json):
            json_line(record)
        else:
            _write_text(record)
    return Exit.OK if all(record["ok"] for record in records) else Exit.ALTERED


def check_receipt(path: Path, trust: Trust) -> ReceiptRecord:
    """Check one receipt.

    Raises:
        OSError, CommandError: the file cannot be read, or is no receipt at all.
    """
    value = _read_receipt(path)
    try:
        key = trust.key or _own_key(value)
        verified, cosigned = _verify(value, key, trust)
        _compare(verified.checkpoint, trust, key)
    except MissingProofError as error:
        raise CommandError(
            f"{error} At the desk, `argine log verify --checkpoint` compares any.", Exit.BAD_INPUT
        ) from None
    except MerkleError as error:
        return _record(path, trust, problem=str(error))
    return _record(path, trust, verified=verified, cosigned=cosigned)


def _verify(value: dict[str, object], key: VerifierKey, trust: Trust) -> tuple[Verified, Sequence[Cosignature]]:
    if value["format"] == dossier.FORMAT:
        return dossier.verify_dossier(value, [key]), offline.cosigned_by(value.get("log"), trust.witnesses)
    return offline.verify_any_receipt(value, offline.Trust(key, witnesses=trust.witnesses))


def _compare(head: Checkpoint, trust: Trust, key: VerifierKey) -> None:
    """Hold the receipt's head against one that was kept: a log that shows two faces is found here."""
    if trust.checkpoint is not None:
        check_agreement(head, open_signed(trust.checkpoint, [key]), trust.growths, [key])


def _own_key(value: Mapping[str, object]) -> VerifierKey:
    log = value.get("log")
    text = log.get("key") if value["format"] == dossier.FORMAT and isinstance(log, dict) else value.get(LOG_KEY)
    if not isinstance(text, str):
        raise CommandError("The receipt does not say which key made it: give the log's key with --key.", Exit.USAGE)
    return VerifierKey.parse(text)


def read_key(text: str | None) -> VerifierKey | None:
    """Read a verifier key, or the file that `@FILE` names.

    Raises:
        OSError, MerkleError, CommandError: the file cannot be read, or it holds no key.
    """
    if text is None:
        return None
    return VerifierKey.parse(_text_or_file(text))


def _text_or_file(text: str) -> str:
    return (read_text(Path(text[1:])) if text.startswith("@") else text).strip()


def read_text(path: Path) -> str:
    """Read a small text file.

    Raises:
        OSError, CommandError: it cannot be read, or is not such a file.
    """
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise CommandError(f"{click.format_filename(path)} is too large to be what is asked for.", Exit.BAD_INPUT)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise CommandError(f"{click.format_filename(path)} is not UTF-8 text.", Exit.BAD_INPUT) from None


def _read_receipt(path: Path) -> dict[str, object]:
    try:
        value = json.loads(read_text(path), object_pairs_hook=without_double_names)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or value.get("format") not in (receipt.FORMAT, case_receipt.FORMAT, dossier.FORMAT):
        raise CommandError(f"{click.format_filename(path)} is no receipt that is known here.", Exit.BAD_INPUT)
    return value


def _record(
    path: Path,
    trust: Trust,
    *,
    verified: Verified | None = None,
    cosigned: Sequence[Cosignature] = (),
    problem: str | None = None,
) -> ReceiptRecord:
    one = verified if isinstance(verified, VerifiedReceipt) else None
    entry = one.entry if one and isinstance(one.entry, dict) else {}
    return {
        "path": str(path),
        "ok": verified is not None,
        "problem": problem,
        "index": one.index if one else None,
        "event": plain(str(entry["event"])) if "event" in entry else None,
        "at": plain(str(entry["at"])) if "at" in entry else None,
        "log": verified.checkpoint.origin if verified else None,
        "size": verified.checkpoint.size if verified else None,
        "entries": verified.entries if isinstance(verified, VerifiedDossier) else None,
        "own_key": trust.key is None,
        "witnesses": {plain(found.name): offline.utc(found.at) for found in cosigned},
    }


def _write_text(record: ReceiptRecord) -> None:
    """Write a record for a person."""
    name = click.format_filename(record["path"])
    if not record["ok"]:
        click.secho(f"{name}: does not hold. {record['problem']}", fg="red")
        return
    click.secho(f"{name}: holds.", fg="green")
    if record["entries"] is None:
        click.echo(f"  Entry {record['index']}, {record['event']}, of {record['at']}")
    else:
        click.echo(f"  A dossier: all {record['entries']} entries of its time line, its notices and its decisions")
    click.echo(f"  stood in the log {record['log']} when it had {record['size']} entries.")
    for witness, at in record["witnesses"].items():
        click.echo(f"  The witness {witness} saw that log on {at}.")
    if record["own_key"]:
        click.echo("  The key was the receipt's own. Compare it with the one that the desk publishes, or give --key.")
