from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from argine.desk.configuration.live import LIVE


def up_to_date(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let every request see the settings as they are now."""

    def middleware(request: HttpRequest) -> HttpResponse:
        LIVE.refresh()
        return get_response(request)

    return middleware
