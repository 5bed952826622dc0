"""Dossiers: all that a desk tells of one case, with the proof of each step, as one JSON object.

Of its fields these are proved; the others are what the desk says:

{"format": "argine-dossier/1",
 "timeline": [{"index": place in the log, "at": instant, "event": name, "by": who (ACTORS)}],
 "decisions": [{"facts": what was decided, or null, "salt": text that keeps its digest from being guessed, or null;
                empty for one of before there were salts, ...}],
 "receipts": [case receipts of the notice and of what was added to it (merkle.case_receipt)],
 "log": {"key": the log's verifier key,
         "checkpoint": signed note,
         "entries": [{"index": ..., "entry": canonical JSON text, "inclusion": [base64, from the leaf upwards]}]}}
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from argine.merkle import case_receipt, receipt
from argine.merkle.canonical import canonical_json
from argine.merkle.checkpoint import Checkpoint, open_signed
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey

FORMAT = "argine-dossier/1"
DECIDED = "case.decision.made"
ACTORS = {"reporter": "reporter", "system": "desk", "shell": "desk", "staff": "staff", "key": "platform"}
"""How the time line tells who did it, by the word with which the log's entry begins."""


@dataclass(frozen=True, slots=True)
class VerifiedDossier:
    """What was found to hold: the signed head, and how many log entries, notices and decisions it proves."""

    checkpoint: Checkpoint
    entries: int
    notices: int
    decisions: int


def verify_dossier(dossier: Mapping[str, object], verifier_keys: Iterable[VerifierKey]) -> VerifiedDossier:
    """Check everything in a dossier that can be checked with nothing but the log's public key.

    Each entry stands in the log under the signed head; each line of the time line is such an entry; each notice and
    each decision is the one that the log committed to. The dossier's own `key` is not believed: who checks says which
    keys they trust.

    Raises:
        MerkleError: it is no dossier, or something in it does not hold; the first thing found is named.
    """
    keys = list(verifier_keys)
    if dossier.get("format") != FORMAT:
        raise MerkleError(f"Expected a dossier of the format {FORMAT}.")
    log = _object(dossier, "log")
    note = log.get("checkpoint")
    if not isinstance(note, str):
        raise MerkleError("Expected the checkpoint of the dossier as text.")
    head = open_signed(note, keys)
    entries = dict(_verified_entry(row, note, keys) for row in _list(log, "entries"))
    for line in _list(dossier, "timeline"):
        _check_line(line, entries)
    decisions = [row for row in _list(dossier, "decisions") if row.get("facts") is not None]
    for row in decisions:
        _check_decision(row["facts"], row.get("salt"), entries.values())
    receipts = _list(dossier, "receipts")
    for one in receipts:
        case_receipt.verify_case_receipt(one, keys)
    return VerifiedDossier(head, len(entries), len(receipts), len(decisions))


def _object(value: Mapping[str, object], field: str) -> Mapping[str, Any]:
    found = value.get(field)
    if not isinstance(found, dict):
        raise MerkleError(f"Expected an object in the dossier's field {field}.")
    return found


def _list(value: Mapping[str, object], field: str) -> list[dict[str, Any]]:
    found = value.get(field)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise MerkleError(f"Expected a list of objects in the dossier's field {field}.")
    return found


def _verified_entry(row: Mapping[str, Any], note: str, keys: list[VerifierKey]) -> tuple[int, dict[str, Any]]:
    proof = {"format": receipt.FORMAT, "checkpoint": note, **row}
    found = receipt.verify_receipt(proof, keys)
    if not isinstance(found.entry, dict) or found.entry.get("index") != found.index:
        raise MerkleError(f"The entry at the place {found.index} of the log says that it is another one.")
    return found.index, found.entry


def _check_line(line: Mapping[str, Any], entries: Mapping[int, Mapping[str, Any]]) -> None:
    place = line.get("index")
    entry = entries.get(place) if isinstance(place, int) else None
    if entry is None or _told(entry) != (line.get("at"), line.get("event"), line.get("by")):
        raise MerkleError(f"The time line says of the log's entry {place} what its proof does not.")


def _told(entry: Mapping[str, Any]) -> tuple[object, object, object]:
    return entry.get("at"), entry.get("event"), ACTORS.get(str(entry.get("by")).partition(":")[0])


def _check_decision(facts: object, salt: object, entries: Iterable[Mapping[str, Any]]) -> None:
    if not isinstance(facts, dict) or not isinstance(salt, str):
        raise MerkleError("Expected the facts of a decision as an object, and their salt as text.")
    digest = case_receipt.commitment(salt, facts) if salt else sha256(canonical_json(facts)).hexdigest()
    logged = [entry.get("data") for entry in entries if entry.get("event") == DECIDED]
    if not any(isinstance(data, dict) and data.get("digest") == digest for data in logged):
        raise MerkleError("A decision in the dossier is not the one that the log committed to.")
