"""The log: its head, its entries, their proofs, and a check of everything against it."""

import json
from collections.abc import Iterator
from itertools import chain, islice
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from argine.desk.audit import queries
from argine.desk.audit import verify as audit
from argine.desk.audit.models import Entry, Node, SignedCheckpoint
from argine.desk.audit.queries import Fault
from argine.desk.banks import verify as banks
from argine.desk.cases import verify as cases
from argine.desk.cases.models import Case
from argine.desk.cases.permissions import seen_by
from argine.desk.clocks import verify as clocks
from argine.desk.clocks.models import Clock
from argine.desk.configuration import verify as configuration
from argine.desk.console import witnesses, wording
from argine.desk.console.access import StaffRequest, needs
from argine.desk.core import time
from argine.desk.core.actor import staff
from argine.desk.core.snapshot import one_moment
from argine.desk.evidence import verify as pages
from argine.desk.people import verify as people
from argine.desk.people.enums import Permission
from argine.desk.people.models import Staff
from argine.merkle.checkpoint import Checkpoint

PAGE_SIZE = 50
LATEST_CHECKPOINTS = 5
MOST_FAULTS = 100
CHECKS = {
    "log": audit.faults,
    "banks": banks.faults,
    "clocks": clocks.faults,
    "cases": cases.faults,
    "people": people.faults,
    "settings": configuration.faults,
    "pages": pages.faults,
}


@require_safe
@needs(Permission.SEE_LOG)
def show(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@needs(Permission.SEE_LOG)
def verify(request: StaffRequest) -> HttpResponse:
    with one_moment():
        faults = list(islice(_faults(), MOST_FAULTS))
    return _page(request, faults=faults)


def _faults() -> Iterator[Fault]:
    return chain.from_iterable(audit.to_the_end(where, find) for where, find in CHECKS.items())


@require_safe
@needs(Permission.SEE_LOG)
def entry(request: StaffRequest, index: int) -> HttpResponse:
    row = Entry.objects.filter(index=index).first()
    if row is None:
        raise Http404
    context = {
        "entry": row,
        "at": time.parse_iso(row.at),
        "what": wording.event(row.event),
        "who": wording.who([row.by])[row.by],
        "data": wording.data_of(row).items(),
        "leaf": bytes(row.leaf_hash).hex(),
        "is_signed": SignedCheckpoint.objects.filter(size__gt=index).exists(),
        "case": _case_of(row, request.user),
    }
    return render(request, "console/log_entry.html", context)


@require_safe
@needs(Permission.SEE_LOG)
def receipt(request: StaffRequest, index: int) -> HttpResponse:  # noqa: ARG001  # asked by the decorator
    proof = {**queries.receipt(index), "log_key": queries.verifier_key().text()}
    headers = {"Content-Disposition": f'attachment; filename="log-entry-{index}.json"'}
    body = json.dumps(proof, ensure_ascii=False, indent=1)
    return HttpResponse(body, content_type="application/json", headers=headers)


def _case_of(row: Entry, person: Staff) -> Case | None:
    kind, _, key = row.subject.partition(":")
    return Case.objects.filter(seen_by(person), pk=key).first() if kind == "case" else None


def _page(request: StaffRequest, *, faults: list[Fault] | None = None) -> HttpResponse:
    asked, who = request.GET.get("case", "").strip().lstrip("#"), request.GET.get("who", "")
    page = Paginator(_entries(asked, who, request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    names = wording.who([row.by for row in page])
    context = {
        "asked": asked,
        "who": who,
        "staff": Staff.objects.order_by("name", "pk"),
        "query": urlencode({name: value for name, value in (("case", asked), ("who", who)) if value}),
        "size": queries.size(),
        "head": _head(),
        "key": queries.verifier_key().text(),
        "checkpoints": [(row, queries.with_cosignatures(row), time.parse_iso(row.at)) for row in _checkpoints()],
        "witnesses": witnesses.asked(),
        "logs": witnesses.cosigned(),
        "witness_key": queries.witness_key().text() if settings.CONFIG.witnessed_logs else "",
        "page": page,
        "entries": [(row, time.parse_iso(row.at), wording.event(row.event), names[row.by]) for row in page],
        "faults": faults,
        "most_faults": MOST_FAULTS,
    }
    return render(request, "console/log.html", context)


def _head() -> Checkpoint | None:
    """The head as it is now; None where hashes are missing, which the check on the same page tells more of."""
    try:
        return queries.head()
    except Node.DoesNotExist:
        return None


def _checkpoints() -> QuerySet[SignedCheckpoint]:
    return SignedCheckpoint.objects.order_by("-size")[:LATEST_CHECKPOINTS]


def _entries(case_number: str, who: str, person: Staff) -> QuerySet[Entry]:
    """Every entry, newest first; of one case, its clocks' too, when a number is given; of one person, when asked."""
    newest = Entry.objects.order_by("-index")
    if who:
        newest = newest.filter(by=staff(int(who[:9]))) if who.isdecimal() else newest.none()
    if not case_number:
        return newest
    seen = Case.objects.filter(seen_by(person))
    case = seen.filter(number=int(case_number[:9])).first() if case_number.isdecimal() else None
    if case is None:
        return newest.none()
    clocks_of_it = Clock.objects.filter(case_id=case.id).values_list("pk", flat=True)
    return newest.filter(subject__in=[f"case:{case.id}", *(f"clock:{pk}" for pk in clocks_of_it)])
