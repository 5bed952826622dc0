from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from argine.desk.core.errors import DeskError, TooManyError
from argine.desk.core.http import PROGRAM_PREFIXES

Handler = Callable[[HttpRequest], HttpResponse]

NOTHING_SHOWN = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The content policy of an answer for programs: a browser that is led to one shows text and loads nothing."""


class ContentPolicy(CSPMiddleware):
    """The policy of pages is put together for each; that of JSON, which an upload waits for, is always the same."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith("application/json"):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, NOTHING_SHOWN)
        return response


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
        if request.path.startswith(PROGRAM_PREFIXES):
            response = JsonResponse({"error": error.code, "message": str(error)}, status=error.http_status)
        else:
            response = render(request, "errors/refused.html", {"error": error}, status=error.http_status)
        if isinstance(error, TooManyError):
            response.headers["Retry-After"] = str(error.wait_s)
        return response
