"""Pages that belong to no face: errors, language, health."""

import sys

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe

from argine.desk.core import time
from argine.desk.core.http import of_program
from argine.desk.core.logs import cannot_write
from argine.desk.core.queries import late_processes

SERVICE_UNAVAILABLE, WAIT_S = 503, 60
# This file in the data folder says that the node is about to stop (`argine up --drain`).
DRAINING = "draining"
API_MESSAGES = {
    400: "The request cannot be read.",
    403: "Not allowed.",
    404: "There is nothing at this address.",
    SERVICE_UNAVAILABLE: "This desk cannot write anything down now: nothing of the request was taken. Try later.",
    500: "Something failed here. It is not your fault; nothing was lost that was acknowledged.",
}


def _page(request: HttpRequest, status: int) -> HttpResponse:
    if of_program(request):
        return JsonResponse({"error": f"http_{status}", "message": API_MESSAGES[status]}, status=status)
    return render(request, f"errors/{status}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's shape
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something failed. Where it is that nothing can be written, say so: nothing of the request was kept."""
    if cannot_write(sys.exception()):
        response = _page(request, SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = str(WAIT_S)
        return response
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """The form was open too long, or cookies are off."""
    return render(request, "errors/csrf.html", status=403)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and go back to the page, if it is ours."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    response = HttpResponseRedirect(target)
    language = request.POST.get("language", "")
    if check_for_language(language):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            httponly=True,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


@require_safe
def health_desk(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answers 200 when the clock ticker and the job worker have given a sign of life lately, else 503."""
    late = late_processes(time.now())
    status = "ok" if not late else "late"
    return JsonResponse({"status": status, "late": late}, status=SERVICE_UNAVAILABLE if late else 200)


@require_safe
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answers 200 when the database answers; 503 while the node drains, so that no more is sent to it."""
    if (settings.CONFIG.data / DRAINING).exists():
        return JsonResponse({"status": "draining"}, status=SERVICE_UNAVAILABLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
