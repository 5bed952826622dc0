"""Case receipts: a notice, and the proof that the log committed to it, as one JSON object.

{"format": "argine-case-receipt/1",
 "notice": what was stated, as it was received; or what was added to it later,
 "salt": text that keeps the commitment from being guessed,
 "log": the receipt of the log entry that holds the commitment (merkle.receipt),
 "log_key": the log's verifier key}

The commitment is SHA-256(salt, newline, canonical JSON of the notice), in hexadecimal.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from argine.merkle.canonical import canonical_json
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey
from argine.merkle.receipt import VerifiedReceipt, verify_receipt

FORMAT = "argine-case-receipt/1"
EVENTS = {"case.notice.received", "case.notice.supplemented"}

_FIELDS = {"format", "notice", "salt", "log", "log_key"}


def verify_case_receipt(receipt: Mapping[str, object], verifier_keys: Iterable[VerifierKey]) -> VerifiedReceipt:
    """Check that the log held the commitment to this very notice.

    The receipt's own `log_key` is not believed: who checks says which keys they trust.

    Raises:
        MerkleError: a field is missing, unknown or malformed; the log's part does not hold; or the entry is not
            the receipt of a notice, commits to another notice, or was made with another salt.
    """
    if set(receipt) != _FIELDS:
        raise MerkleError(f"Expected a case receipt with the fields {', '.join(sorted(_FIELDS))} and no others.")
    if receipt["format"] != FORMAT:
        raise MerkleError(f"Expected a case receipt of the format {FORMAT}, got another one.")
    notice, salt, log = receipt["notice"], receipt["salt"], receipt["log"]
    if not isinstance(notice, dict) or not isinstance(salt, str) or not isinstance(log, dict):
        raise MerkleError("Expected the notice and the log's part as objects, and the salt as text.")
    verified = verify_receipt(log, verifier_keys)
    _check_entry(verified.entry, notice, salt)
    return verified


def commitment(salt: str, facts: Mapping[str, object]) -> str:
    """What the log holds of facts: SHA-256 of the salt, a newline and their canonical JSON, in hexadecimal.

    Raises:
        MerkleError: the facts have no canonical form, or the salt is text that UTF-8 cannot hold.
    """
    try:
        return sha256(salt.encode() + b"\n" + canonical_json(facts)).hexdigest()
    except UnicodeEncodeError:
        raise MerkleError("Expected a salt that UTF-8 can hold, got half of a surrogate pair.") from None


def _check_entry(entry: object, notice: Mapping[str, object], salt: str) -> None:
    data = entry.get("data") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(data, dict) or entry.get("event") not in EVENTS:
        raise MerkleError("Expected the log entry of a notice that was received, got another one.")
    committed = commitment(salt, notice)
    if data.get("notice") != notice.get("notice") or data.get("commitment") != committed:
        raise MerkleError("The log committed to another notice than the one in this receipt.")
