"""django-allauth's pages of how one logs in, with what a desk adds.

Each change stands in the log and ends the other sessions of whose account it is. Who has to choose a password of their
own does so first.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.account.views import PasswordChangeView, ReauthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.forms import DeactivateTOTPForm
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from argine.desk.console.access import CHANGE_FIRST, must_change_password
from argine.desk.people import factors, operations
from argine.desk.people.models import Staff


class _OfOwnAccount:
    """A page of one's own account: not before the password is one's own; secrets open for this account alone."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401
        if not isinstance(request.user, Staff):
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]
        if must_change_password(request.user):
            return redirect(CHANGE_FIRST)
        with factors.of(request.user.pk):
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]


class _Changes(_OfOwnAccount):
    """A page that changes how one logs in: what it changed stands and is logged, or neither."""

    request: Any
    change: ClassVar[Mapping[str, str]]

    def form_valid(self, form: Form) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # that of the view beside it
            operations.note_own_change(self.request.user, self.change, self.request.session)
        return answer


class AddApp(_Changes, ActivateTOTPView):  # type: ignore[misc]  # allauth publishes no types
    change: ClassVar = {"added": "app"}

    def form_valid(self, form: Form) -> HttpResponse:
        """Add the app, and use the code up that showed it to be one: it logs in no more."""
        answer = super().form_valid(form)
        Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP).wrap().validate_code(
            form.cleaned_data["code"]
        )
        return answer


class RemoveApp(_Changes, DeactivateTOTPView):  # type: ignore[misc]
    change: ClassVar = {"removed": "app"}


class AddPasskey(_Changes, AddWebAuthnView):  # type: ignore[misc]
    change: ClassVar = {"added": "passkey"}


class NamePasskey(_OfOwnAccount, EditWebAuthnView):  # type: ignore[misc]
    pass


class RemovePasskey(_Changes, RemoveWebAuthnView):  # type: ignore[misc]
    """Takes a passkey away, unless it is the last second factor where one is required: as with the app."""

    change: ClassVar = {"removed": "passkey"}
    form_class = DeactivateTOTPForm

    def get_form_kwargs(self) -> dict[str, Any]:
        # With data from the start, so that a refusal is told before the button is pressed.
        asked: dict[str, Any] = super().get_form_kwargs()
        return {"data": {}} | asked | {"authenticator": self.object}


class ShowCodes(_OfOwnAccount, ViewRecoveryCodesView):  # type: ignore[misc]
    pass


class DownloadCodes(_OfOwnAccount, DownloadRecoveryCodesView):  # type: ignore[misc]
    pass


class NewCodes(_Changes, GenerateRecoveryCodesView):  # type: ignore[misc]
    change: ClassVar = {"renewed": "recovery codes"}


class ChangePassword(PasswordChangeView):  # type: ignore[misc]
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401
        """Ask for a proof first where the last is old. What was sent is not kept meanwhile: it has passwords."""
        if request.user.is_authenticated and is_reauthentication_required(request, app="allauth.mfa"):
            back = urlencode({REDIRECT_FIELD_NAME: request.path})
            return redirect(f"{reverse('account_reauthenticate')}?{back}")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]

    def form_valid(self, form: Form) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
            operations.note_own_password(self.request.user, self.request.session)
        return answer


class _Confirms:
    """A page on which one shows once more that it is oneself. From then on the session can do more: under a new key."""

    request: HttpRequest

    def form_valid(self, form: Form) -> HttpResponse:
        self.request.session.cycle_key()
        return super().form_valid(form)  # type: ignore[misc,no-any-return]


class ConfirmByPassword(_Confirms, ReauthenticateView):  # type: ignore[misc]
    pass


class ConfirmByCode(_Confirms, ReauthenticateByCodeView):  # type: ignore[misc]
    pass


class ConfirmByPasskey(_Confirms, ReauthenticateWebAuthnView):  # type: ignore[misc]
    pass
