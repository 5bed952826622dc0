"""What is needed of a request, in one place."""

from django.conf import settings
from django.http import HttpRequest


def sender(request: HttpRequest) -> str:
    """The address that a request comes from, for throttling only: never stored, never logged."""
    if settings.CONFIG.trust_proxy:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
