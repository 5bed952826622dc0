from django.conf import settings
from django.http import HttpRequest


def platform(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001  # Django's shape
    """What every page may show of the operator."""
    return {
        "platform_name": settings.CONFIG.platform_name,
        "platform_contact": settings.CONFIG.platform_contact,
        "exit_url": settings.CONFIG.exit_url,
        "sends_mail": settings.CONFIG.sends_mail,
        "looks_at_addresses": bool(settings.CONFIG.evidence_hosts),
        "asks_registries": settings.CONFIG.domain_lookups,
        "faces": settings.CONFIG.faces,
    }
