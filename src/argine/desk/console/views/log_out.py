"""Logging out."""

from typing import Any

from allauth.account.views import LogoutView
from django.http import HttpResponse

from argine.desk.core.middleware import PAGES_DROPPED


class LogOut(LogoutView):  # type: ignore[misc]  # allauth has no types
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - as in its class
        response: HttpResponse = super().post(*args, **kwargs)
        response.headers["Clear-Site-Data"] = PAGES_DROPPED
        return response
