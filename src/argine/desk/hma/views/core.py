"""Signs of life, and the list of addresses."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import get_resolver, reverse

from argine.desk.banks.live import BANKS
from argine.desk.people.doors import tell

ALIVE = "I-AM-ALIVE"


def start(_request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("hma:status"))


def live(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(ALIVE)


def status(_request: HttpRequest) -> HttpResponse:
    """Say whether look-ups are answered: the banks are in memory and as new as the newest change."""
    BANKS.matcher()
    return HttpResponse(ALIVE)


def site_map(_request: HttpRequest) -> HttpResponse:
    patterns = get_resolver("argine.desk.hma.urls").url_patterns
    return tell(sorted(f"/hma/{pattern.pattern}" for pattern in patterns))
