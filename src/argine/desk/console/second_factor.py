"""django-allauth's forms for how one logs in, with what a desk asks beyond: each refusal is logged, too."""

import logging
from collections.abc import Callable
from typing import Any

from allauth.account.forms import ChangePasswordForm as ChangePassword
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as Authenticate
from allauth.mfa.base.forms import ReauthenticateForm as Reauthenticate
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from argine.desk.core.crypto import SealError
from argine.desk.people import factors
from argine.desk.people.operations import note_factor_refused

logger = logging.getLogger(__name__)


class _Noted:
    """A form that takes a code or a passkey's answer of somebody whose password was right."""

    user: Any

    def clean_code(self) -> str:
        return str(self._noted(super().clean_code))  # type: ignore[misc]  # that of the form beside it

    def clean_credential(self) -> Authenticator:
        return self._noted(super().clean_credential)  # type: ignore[misc]

    def _noted(self, check: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the form's own check gives
        """Check what was typed or signed.

        Raises:
            ValidationError: it is wrong, was used already, or too many were tried.
        """
        try:
            with factors.of(self.user.pk):
                return check()
        except ValidationError:
            note_factor_refused(self.user.pk)
            raise
        except SealError:
            logger.warning("A second factor cannot be opened: its row was altered, or fields.key is another.")
            note_factor_refused(self.user.pk)
            raise get_adapter().validation_error("incorrect_code") from None


class AuthenticateForm(_Noted, Authenticate):  # type: ignore[misc]  # allauth publishes no types
    """A code, asked for at a log-in after the password."""


class AuthenticatePasskeyForm(_Noted, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey in its place."""


class ReauthenticateForm(_Noted, Reauthenticate):  # type: ignore[misc]
    """A code, asked for before something that touches the account itself."""


class ReauthenticatePasskeyForm(_Noted, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey in its place."""


class LoginPasskeyForm(LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey that logs in alone, so that it has to have asked its owner for finger, face or PIN.

    django-allauth asks for that in the challenge it makes here. But a challenge that it made for somebody's second step
    is taken here as well, and asks for a touch alone.
    """

    def clean_credential(self) -> Authenticator:
        """Check the answer.

        Raises:
            ValidationError: it is wrong, or the passkey's owner was not asked for.
        """
        try:
            answer = parse_authentication_response(self.cleaned_data["credential"])
            if not answer.response.authenticator_data.is_user_verified():
                raise get_adapter().validation_error("incorrect_code")
            return super().clean_credential()
        except ValidationError:
            note_factor_refused(None)
            raise


class ChangePasswordForm(ChangePassword):  # type: ignore[misc]
    def clean_password1(self) -> str:
        """Refuse the old password as the new one: somebody else may have made that."""
        chosen: str = self.cleaned_data["password1"]
        if self.user.check_password(chosen):
            raise ValidationError(_("This is the password that you have. Choose another."), code="password_same")
        return chosen
