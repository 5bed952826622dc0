"""One process serves the faces it was told to serve, each with its own URLs."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from argine.desk.core import views
from argine.desk.monitoring.urls import urlpatterns as monitoring

# Addresses are tried in this order: those that are asked most often come first.
FACE_URLS = {
    "api": ("api/v1/", "argine.desk.api.urls"),
    "hma": ("hma/", "argine.desk.hma.urls"),
    "feeds": ("exchange/", "argine.desk.feeds.urls"),
    "console": ("console/", "argine.desk.console.urls"),
    "intake": ("", "argine.desk.intake.urls"),
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("language", views.set_language, name="language"),
    path("health", views.health, name="health"),
    path("health/desk", views.health_desk, name="health_desk"),
    *monitoring,
    *(path(prefix, include(urls)) for face, (prefix, urls) in FACE_URLS.items() if face in settings.CONFIG.faces),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
