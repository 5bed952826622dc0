"""A small site that takes uploads, as a platform's own: `python -m tests.functional.connect.small_site HOW PORT`.

HOW says what stands between uploads and the desk: `django` (its upload handlers), `wsgi` or `asgi` (the middleware).
Where the desk is, and what else is set, is JSON in the variable SMALL_SITE.
"""

import hashlib
import json
import os
import sys
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
import uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path

from argine.connect.asgi import UploadMiddleware as AsgiMiddleware
from argine.connect.django_uploads import asker
from argine.connect.wsgi import UploadMiddleware as WsgiMiddleware

FORM = (
    '<form method="post" enctype="multipart/form-data"><input type="file" name="file" id="file"><button>Send</button>'
)
HANDLERS = ["argine.connect.django_uploads.MemoryHandler", "argine.connect.django_uploads.TemporaryFileHandler"]
PLACES = {"wsgi": "META", "django": "META", "asgi": "scope"}


def upload(request: HttpRequest) -> HttpResponse:
    """Take a form's files, or a body, and say what came."""
    if request.method == "GET":
        token = f'<input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}">'
        return HttpResponse(f"<!doctype html><title>Send</title>{FORM}{token}</form>")
    files = {field: hashed(file.chunks()) for field, file in request.FILES.items()}
    kinds = [type(file).__name__ for file in request.FILES.values()]
    body = "" if request.content_type == "multipart/form-data" else hashed([request.body])
    said = {"files": files, "kinds": kinds, "body": body, "title": request.POST.get("title"), "checks": checks(request)}
    return JsonResponse(said)


def checks(request: HttpRequest) -> list[dict[str, str]]:
    place: dict[str, Any] = getattr(request, PLACES[sys.argv[1]])
    return [
        {"field": one.field, "outcome": one.answer.outcome.value, "id": one.answer.content.id}
        for one in place.get("argine.checks", [])
    ]


def counts(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(asker().metrics_text(), content_type="text/plain")


def hashed(pieces: Any) -> str:
    whole = hashlib.sha256()
    for piece in pieces:
        whole.update(piece)
    return whole.hexdigest()


urlpatterns = [path("upload/", upload), path("counts/", counts)]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        return


def main() -> None:
    how, port = sys.argv[1], int(sys.argv[2])
    given = json.loads(os.environ["SMALL_SITE"])
    csrf = ["django.middleware.csrf.CsrfViewMiddleware"] if given.pop("csrf", False) else []
    own = {"FILE_UPLOAD_HANDLERS": HANDLERS, "ARGINE": given} if how == "django" else {}
    settings.configure(
        DEBUG=bool(given.pop("debug", False)), SECRET_KEY="x", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__,
        MIDDLEWARE=csrf, USE_TZ=True, **own,
    )  # fmt: skip
    django.setup()
    if how == "asgi":
        uvicorn.run(AsgiMiddleware(get_asgi_application(), **given), port=port, log_level="warning")
        return
    site = get_wsgi_application()
    server = make_server(
        "127.0.0.1", port, WsgiMiddleware(site, **given) if how == "wsgi" else site, handler_class=Quiet
    )
    server.serve_forever()


if __name__ == "__main__":
    main()
