"""`/h`: a file or address to its signals."""

from django.http import HttpResponse

from argine.desk.hma import bodies, hashed, kinds
from argine.desk.hma.bodies import Sent
from argine.desk.hma.edge import HmaRequest
from argine.desk.people.doors import tell
from argine.signals.hasher import HashedFile

UNHASHABLE = "Argine-Unhashable"
"""The header that says why a picture has no signal: HMA's answer has an empty text then, and tells nothing."""


def hash_url(request: HmaRequest) -> HttpResponse:
    return _hash(bodies.fetch(request), request)


def hash_file(request: HmaRequest) -> HttpResponse:
    return _hash(bodies.read_file(request), request)


def _hash(sent: Sent, request: HmaRequest) -> HttpResponse:
    found = hashed.to_tell(sent, request.GET.get("types"))
    answer = tell(_signals(sent, found))
    if found.unhashable is not None:
        answer.headers[UNHASHABLE] = found.unhashable
    return answer


def _signals(sent: Sent, found: HashedFile) -> dict[str, str]:
    shown = kinds.shown(found.signals)
    if found.unhashable is not None:
        shown[kinds.CONTENTS[sent.content]] = ""
    return shown
