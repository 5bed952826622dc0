"""`/c`: banks and their contents."""

from django.http import HttpResponse
from pydantic import ValidationError

from argine.desk.banks.models import BankEntry
from argine.desk.core.errors import InvalidError
from argine.desk.hma import bodies, hashed, kinds, operations, policies, queries
from argine.desk.hma.bodies import BankChanged, BankMade, ContentChanged, Metadata
from argine.desk.hma.edge import HmaRequest
from argine.desk.hma.models import ContentNote
from argine.desk.hma.operations import Said
from argine.desk.hma.policies import Shown
from argine.desk.people.doors import tell

CREATED = 201


def index(_request: HmaRequest) -> HttpResponse:
    return tell([_bank(bank) for bank in queries.banks()])


def create(request: HmaRequest) -> HttpResponse:
    asked = bodies.read(request, BankMade)
    ratio = 1.0 if asked.ratio is None else asked.ratio
    return tell(_bank(operations.create_bank(asked.name, ratio, by=request.asker)), CREATED)


def show(_request: HmaRequest, name: str) -> HttpResponse:
    return tell(_bank(queries.get_bank(name)))


def change(request: HmaRequest, name: str) -> HttpResponse:
    bank, asked = queries.get_bank(name), bodies.read(request, BankChanged)
    return tell(_bank(operations.change_bank(bank, name=asked.name, ratio=asked.ratio, by=request.asker)))


def delete(request: HmaRequest, name: str) -> HttpResponse:
    bank = queries.find_bank(name)
    if bank is not None:
        operations.delete_bank(bank, by=request.asker)
    return tell({"message": "Done"})


def add_signals(request: HmaRequest, name: str) -> HttpResponse:
    bank, sent = queries.get_bank(name), bodies.read_object(request)
    note = sent.pop("note", None)
    if note is not None and not isinstance(note, str):
        raise InvalidError("The note is not text")
    if not sent:
        raise InvalidError("No signals given")
    signals = []
    for kind, text in sent.items():
        if kind not in kinds.TYPES:
            raise InvalidError(f"No such signal type {kind[:20]}")
        try:
            signals.append(kinds.parse(kind, text))
        except InvalidError as error:
            raise InvalidError(f"Invalid {kind} signal: {error}") from None
    entry = operations.add_content(bank, signals, Said(note or ""), by=request.asker)
    return tell({"id": queries.numbers([entry.id])[entry.id], "signals": kinds.shown(signals)})


def add_content(request: HmaRequest, name: str) -> HttpResponse:
    """Bank a file, or what lies at an address, with what the tool says of it."""
    bank = queries.get_bank(name)
    if request.GET.get("url"):
        said = _said(bodies.read_object(request))
        sent = bodies.fetch(request)
    elif request.content_type == bodies.FORM:
        sent = bodies.read_file(request)
        said = _said(sent.fields)
    else:
        raise InvalidError("Neither `url` nor multipart file upload was received")
    kinds.chosen(sent.content, request.GET.get("types"))
    found = hashed.to_bank(sent)
    entry = operations.add_content(bank, found.every_signal, said, by=request.asker)
    return tell({"id": queries.numbers([entry.id])[entry.id], "signals": kinds.shown(found.signals)})


def show_content(request: HmaRequest, name: str, number: int) -> HttpResponse:
    bank = queries.get_bank(name)
    entry = queries.get_content(bank, number)
    note = queries.note_of(entry)
    told: dict[str, object] = {
        "bank": _bank(bank),
        "disable_until_ts": _until(entry, note),
        "id": number,
        "note": note.note or None,
        "original_media_uri": None,
    }
    if request.GET.get("include_metadata", "true").lower() != "false":
        told["metadata"] = {"collab": None, **queries.metadata_of(note)}
    if request.GET.get("include_signals", "").lower() == "true":
        told["signals"] = queries.signals_of(entry)
    return tell(told)


def change_content(request: HmaRequest, name: str, number: int) -> HttpResponse:
    bank = queries.get_bank(name)
    entry, asked = queries.get_content(bank, number), bodies.read(request, ContentChanged)
    note = operations.change_content(bank, entry, until=asked.disable_until_ts, note=asked.note, by=request.asker)
    return tell(
        {
            "bank": _bank(bank),
            "collab_metadata": {},
            "disable_until_ts": _until(entry, note),
            "id": number,
            "note": note.note or None,
            "original_media_uri": None,
            "user_metadata": queries.metadata_of(note),
        }
    )


def delete_content(request: HmaRequest, name: str, number: int) -> HttpResponse:
    bank = queries.get_bank(name)
    operations.delete_content(bank, queries.get_content(bank, number), by=request.asker)
    return tell({"deleted": 1})


def _bank(bank: Shown) -> dict[str, object]:
    return {"matching_enabled_ratio": bank.ratio, "name": bank.name}


def _until(entry: BankEntry, note: ContentNote) -> int:
    return policies.ENABLED if entry.withdrawn_at is None else note.disabled_until


def _said(fields: dict[str, str] | dict[str, object]) -> Said:
    """What is said of a content, in a form or beside an address.

    Raises:
        InvalidError: the metadata has other fields than HMA's, or is no object.
    """
    note, given = fields.get("note") or "", fields.get("metadata")
    if not isinstance(note, str):
        raise InvalidError("The note is not text")
    if given is None:
        return Said(note)
    try:
        found = Metadata.model_validate_json(given) if isinstance(given, str) else Metadata.model_validate(given)
    except ValidationError:
        raise InvalidError("metadata is an object with content_id, content_uri and json, and nothing else") from None
    return Said(note, found.content_id or "", found.content_uri or "", found.json_)
