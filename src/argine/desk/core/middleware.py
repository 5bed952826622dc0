from collections.abc import Callable, Mapping, Sequence
from typing import cast

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.module_loading import import_string

from argine.desk.core.content_policy import NOTHING_SHOWN
from argine.desk.core.errors import DeskError, TooManyError
from argine.desk.core.http import in_the_open, is_of_proxy, of_program
from argine.desk.core.uploads import FILMS

Handler = Callable[[HttpRequest], HttpResponse]
ViewCheck = Callable[[HttpRequest, Handler, Sequence[object], Mapping[str, object]], HttpResponseBase | None]

PAGES_DROPPED = '"cache"'
"""For `Clear-Site-Data` where somebody logs out or closes a case: what a browser might still show by going back.

Not its storage: that holds nothing of a case, but an unfinished report that a person chose to keep on this device, and
whether somebody switched the keys of the console off.
"""
METRICS = "/metrics"
HTTPS_ONLY = (
    "This desk answers programs over https only. A key that was sent just now could be read on the way: "
    "set the address to https and make a new key."
)


class ContentPolicy(CSPMiddleware):
    """The policy of pages is put together for each; that of JSON, which an upload waits for, is always the same."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith("application/json"):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, NOTHING_SHOWN)
        return response


def only_of_proxy(get_response: Handler) -> Handler:
    """Forgets what somebody who is no trusted proxy says of the scheme: Django would believe anybody."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "HTTP_X_FORWARDED_PROTO" in request.META and not is_of_proxy(request):
            del request.META["HTTP_X_FORWARDED_PROTO"]
        return get_response(request)

    return middleware


def room_given_back(get_response: Handler) -> Handler:
    """Gives back what a film's bytes took (`uploads.Room`), however its request ends."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            return get_response(request)
        finally:
            FILMS.give_back()

    return middleware


def headers(get_response: Handler) -> Handler:
    """Headers that Django does not set: nothing dynamic is cached, no other site may hold or read a page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        )
        return response

    return middleware


def programs_over_https(get_response: Handler) -> Handler:
    """Refuse programs that come over plain http: answered or led on, they would send their key in the open for good."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if (of_program(request) or request.path_info == METRICS) and in_the_open(request):
            return JsonResponse({"error": "https_only", "message": HTTPS_ONLY}, status=403)
        return get_response(request)

    return middleware


class OfPeople:
    """Those middlewares that only people's pages need; a program's request goes past all of them."""

    def __init__(self, get_response: Handler) -> None:
        self.programs = self.people = get_response
        self.checks: list[ViewCheck] = []
        for name in reversed(settings.MIDDLEWARE_OF_PEOPLE):
            made = import_string(name)(self.people)
            if hasattr(made, "process_view"):
                self.checks.insert(0, made.process_view)
            self.people = cast("Handler", convert_exception_to_response(made))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.programs(request) if of_program(request) else self.people(request)

    def process_view(
        self, request: HttpRequest, view: Handler, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> HttpResponseBase | None:
        if of_program(request):
            return None
        return next(filter(None, (check(request, view, args, kwargs) for check in self.checks)), None)


class Refusals:
    """Turns a refusal into its answer: a page for people, JSON for programs."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DeskError):
            return None
        response: HttpResponse
        if of_program(request):
            response = JsonResponse({"error": error.code, "message": str(error)}, status=error.http_status)
        else:
            response = render(request, "errors/refused.html", {"error": error}, status=error.http_status)
        if isinstance(error, TooManyError):
            response.headers["Retry-After"] = str(error.wait_s)
        return response
