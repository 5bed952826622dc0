"""Finding cases by what somebody has in hand: a number, a case code, an address or its host, a signal."""

import re
from contextlib import suppress
from uuid import UUID

from django.db.models import Q

from argine.desk.banks.live import BANKS
from argine.desk.banks.models import BankEntry
from argine.desk.banks.queries import with_values
from argine.desk.cases.models import Address, Case
from argine.desk.cases.permissions import seen_by
from argine.desk.cases.queries import find_by_code
from argine.desk.core.web_address import address_digest, host_digest
from argine.desk.people.models import Staff
from argine.errors import ArgineError
from argine.signals.types import Signal, SignalType

MOST, PDQ_BYTES = 100, 32
HEX = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
# A host has a dot within and no space; a case code has spaces or hyphens and no dot.
HOST = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}\.?(?::\d+)?", re.ASCII)


def cases(text: str, person: Staff) -> list[Case]:
    """The cases that the text leads to and the person may see; the newest first, not more than `MOST`."""
    found = Case.objects.filter(_which(text.strip()), seen_by(person)).distinct()
    return list(found.order_by("-number")[:MOST])


def _which(text: str) -> Q:
    number, low = text.lstrip("#").strip(), text.lower()
    if number.isdecimal() and not HEX.fullmatch(low):
        return Q(number=int(number[:9]))
    if HEX.fullmatch(low):
        return Q(pk__in=_with_signal(low))
    if "://" in text or "/" in text or HOST.fullmatch(text):
        return _with_address(text)
    case = find_by_code(text)
    return Q(pk=case.pk) if case else Q(pk__in=())


def _with_address(text: str) -> Q:
    """An address finds what names it; a host alone all that is there."""
    url = text if "://" in text else f"https://{text}"
    rest = url.partition("://")[2].rstrip("/")
    with suppress(ValueError):  # such as a port that is none
        is_host = "/" not in rest and "?" not in rest
        named = Q(host_digest=host_digest(url)) if is_host else Q(digest=address_digest(url))
        return Q(pk__in=Address.objects.filter(named).exclude(host_digest=b"").values("case_id"))
    return Q(pk__in=())


def _with_signal(text: str) -> list[UUID]:
    """Pictures with this very signal; of a `pdq` also those that are as near as a match needs."""
    value = bytes.fromhex(text)
    entries = set(with_values([value]).values_list("entry_id", flat=True))
    if len(value) == PDQ_BYTES:
        with suppress(ArgineError):
            entries |= {UUID(match.entry) for match in BANKS.matcher().match([Signal(SignalType.PDQ, value, 100)])}
    rows = BankEntry.objects.filter(pk__in=entries, case_id__isnull=False).values_list("case_id", flat=True)
    return [case_id for case_id in rows if case_id is not None]
