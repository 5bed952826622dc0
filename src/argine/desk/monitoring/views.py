"""What programs that watch the desk ask for."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client.exposition import choose_encoder

from argine.desk.core import metrics
from argine.desk.monitoring.gauges import Live
from argine.desk.monitoring.readiness import missing

UNAVAILABLE = 503


@require_safe
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answers 200 while this process answers at all; it asks nothing of database or disk."""
    return JsonResponse({"status": "live"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answers 200 when requests may be sent here, else 503 with what is missing."""
    found = list(missing())
    answer = {"status": "not_ready" if found else "ready", "missing": found}
    return JsonResponse(answer, status=UNAVAILABLE if found else 200)


def show(request: HttpRequest) -> HttpResponse:
    """All metrics, as Prometheus reads them."""
    encode, kind = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(metrics.registry(Live())), content_type=kind)
