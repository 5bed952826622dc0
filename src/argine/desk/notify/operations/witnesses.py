"""Asking witnesses to cosign this desk's log (C2SP tlog-witness)."""

import logging
from datetime import timedelta

from django.conf import settings

from argine.desk.audit.enums import WitnessProblem
from argine.desk.audit.models import SignedCheckpoint, Witness
from argine.desk.audit.operations import note_witness, record_cosignature
from argine.desk.audit.queries import growth, latest_checkpoint, witness_addresses
from argine.desk.core import time
from argine.desk.notify import outside
from argine.desk.notify.enums import Problem
from argine.desk.notify.errors import NotTakenError
from argine.merkle.cosignature import WitnessKey, verify_cosignatures
from argine.merkle.errors import MerkleError

logger = logging.getLogger(__name__)

PAUSE, PAUSE_AFTER_PROBLEM = timedelta(minutes=1), timedelta(minutes=10)
OK, CONFLICT, UNPROCESSABLE = 200, 409, 422
SIZE = "text/x.tlog.size"
HEADERS = {"Content-Type": "text/plain; charset=utf-8"}


class _ProblemError(Exception):
    def __init__(self, problem: WitnessProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def ask_witnesses() -> int:
    """Ask each witness that is due to cosign the newest head; tell how many did."""
    signed = latest_checkpoint()
    known = {witness.name: witness for witness in Witness.objects.all()}
    due = [
        (key, url)
        for key, url in witness_addresses().values()
        if signed is not None and _is_due(known.get(key.name), signed.size)
    ]
    return sum(_ask(key, url, known.get(key.name), signed) for key, url in due if signed is not None)


def _is_due(witness: Witness | None, size: int) -> bool:
    if witness is None:
        return True
    pause = PAUSE_AFTER_PROBLEM if witness.problem else PAUSE
    return witness.size < size and witness.asked_at + pause <= time.now()


def _ask(key: WitnessKey, url: str, witness: Witness | None, signed: SignedCheckpoint) -> bool:
    size = witness.size if witness else 0
    try:
        answer = _answer(url, size, signed.size)
        if answer.status == CONFLICT and answer.kind == SIZE:
            # It remembers another size than this desk does: a longer one than the log has says that the log went back.
            size = _size_in(answer.body, at_most=signed.size)
            answer = _answer(url, size, signed.size)
        _take(key, signed, answer)
    except _ProblemError as error:
        if error.problem is WitnessProblem.INSECURE and (witness is None or witness.problem != error.problem):
            logger.warning("A witness cannot prove who it is: its certificate is wrong. The page Log says which.")
        note_witness(key.name, size, error.problem)
        return False
    note_witness(key.name, signed.size, None)
    return True


def _answer(url: str, old: int, new: int) -> outside.Answer:
    body = growth(old, new).text().encode()
    try:
        return outside.post(f"{url}/add-checkpoint", body, HEADERS, private=settings.CONFIG.webhook_private)
    except NotTakenError as error:
        insecure = error.problem is Problem.INSECURE
        raise _ProblemError(WitnessProblem.INSECURE if insecure else WitnessProblem.UNREACHABLE) from None


def _size_in(body: bytes, *, at_most: int) -> int:
    text = body.decode("ascii", "replace").strip()
    if not text.isdecimal() or len(text) > len(str(at_most)) or int(text) > at_most:
        raise _ProblemError(WitnessProblem.CONFLICT)
    return int(text)


def _take(key: WitnessKey, signed: SignedCheckpoint, answer: outside.Answer) -> None:
    if answer.status in {CONFLICT, UNPROCESSABLE}:
        raise _ProblemError(WitnessProblem.CONFLICT)
    if answer.status != OK:
        raise _ProblemError(WitnessProblem.REFUSED)
    try:
        found = verify_cosignatures(signed.note + answer.body.decode(), [key])
    except (MerkleError, UnicodeDecodeError):
        found = ()
    if not found:
        raise _ProblemError(WitnessProblem.ANSWER)
    record_cosignature(signed.size, found[0])
