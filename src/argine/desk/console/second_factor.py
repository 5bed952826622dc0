"""django-allauth's forms for a second factor, which also write into the log that a code was refused."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm as Authenticate
from allauth.mfa.base.forms import ReauthenticateForm as Reauthenticate
from django.core.exceptions import ValidationError

from argine.desk.people.operations import note_factor_refused


class _Noted:
    user: Any

    def clean_code(self) -> str:
        """Check the code.

        Raises:
            ValidationError: it is wrong, was used already, or too many were tried.
        """
        try:
            return str(super().clean_code())  # type: ignore[misc]  # that of the form beside it
        except ValidationError:
            note_factor_refused(self.user.pk)
            raise


class AuthenticateForm(_Noted, Authenticate):  # type: ignore[misc]  # allauth publishes no types
    """Asked for at a log-in, after the password."""


class ReauthenticateForm(_Noted, Reauthenticate):  # type: ignore[misc]
    """Asked for before something that touches the account itself."""
