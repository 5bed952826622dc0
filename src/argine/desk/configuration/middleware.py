from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from argine.desk.configuration.live import LIVE

LIVENESS = "/health/live"


def up_to_date(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let every request see the settings as they are now."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Whether a process lives is told without the database, which may be what hangs.
        if request.path != LIVENESS:
            LIVE.refresh()
        return get_response(request)

    return middleware
