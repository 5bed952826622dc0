"""The addresses of the platform API, each behind the same edge."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt

from argine import __version__
from argine.desk.api.openapi import PlatformAPI
from argine.desk.api.problems import HANDLERS, UnsupportedTypeError, desk_refusal, not_allowed
from argine.desk.api.views import router

View = Callable[..., HttpResponse]
NOT_ALLOWED = 405


def edge(view: View) -> View:
    """Refuse, before anything reads the request, an encoding that cannot be read; tell a wrong method in JSON.

    Python knows encodings that are no text, such as `hex`, and Django would read addresses and forms with them.
    """

    @csrf_exempt
    def at_the_edge(request: HttpRequest, **parameters: object) -> HttpResponse:
        charset = request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"
        if charset.lower() not in {"utf-8", "utf8"}:
            return desk_refusal(request, UnsupportedTypeError("Send text in UTF-8."))
        response = view(request, **parameters)
        return not_allowed(response.headers["Allow"]) if response.status_code == NOT_ALLOWED else response

    return at_the_edge


def _behind_the_edge(found: list[URLResolver | URLPattern]) -> list[URLResolver | URLPattern]:
    for pattern in found:
        if isinstance(pattern, URLPattern):
            pattern.callback = edge(pattern.callback)
    return found


api = PlatformAPI(
    title="Argine platform API",
    version=__version__,
    description="Ask about uploads, read decisions, report actions. Every refusal is JSON with `error` and `message`.",
    urls_namespace="api",
    docs_url=None,
)
api.add_router("", router)
for kind, handler in HANDLERS.items():
    api.add_exception_handler(kind, handler)

patterns, application, namespace = api.urls
urlpatterns = [path("", (_behind_the_edge(patterns), application, namespace))]
