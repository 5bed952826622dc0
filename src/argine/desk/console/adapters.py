"""What Argine changes of django-allauth: nobody signs up by themselves, and second factors are sealed at rest."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy

from argine.desk.core.http import sender
from argine.desk.people import factors
from argine.desk.people.models import Staff
from argine.desk.people.operations import note_logged_in, note_logged_out, note_refused
from argine.desk.people.sessions import begin

LESS_THAN_BOTH = "reauthenticate"
BY_LINK = "link"
WAYS = {
    "password": "password",
    Authenticator.Type.TOTP: "app",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery code",
}
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's shape
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Log in; who has just proved to be the person need not do so again to add a second factor."""
        super().login(request, user)
        ways = _ways(get_authentication_records(request, user))
        record_authentication(request, user, method="login", reauthenticated=True)
        begin(request.session, request.headers.get("User-Agent", ""))
        if isinstance(user, Staff):
            note_logged_in(user, ways)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, Staff):
            note_logged_out(request.user)
        super().logout(request)

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, str]]:
        """By what somebody may show once more that it is they: where there is a second factor, not by the password.

        Who stole a session and knows the password would take the second factor away with these two. Without an app,
        the passkey comes before the recovery codes.
        """
        ways: list[dict[str, str]] = super().get_reauthentication_methods(user)
        if not has_second_factor(user):
            return ways
        has_app = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()
        ways = [way for way in ways if way["id"] != LESS_THAN_BOTH]
        return ways if has_app else ways[::-1]

    def authentication_failed(self, request: HttpRequest, **credentials: str) -> None:
        super().authentication_failed(request, **credentials)
        note_refused(credentials.get("email", ""))

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        # allauth looks the address up in a table of its own, which a desk without e-mail has no use for.
        right = bool(user.is_active and user.check_password(password))
        if not right:
            note_refused(user.get_username())
        return right

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002  # allauth's shape
        return reverse("mfa_index")

    def get_client_ip(self, request: HttpRequest) -> str:
        return sender(request)


def _ways(records: Iterable[Mapping[str, object]]) -> list[str]:
    """What somebody has just logged in with, in the log's words; who has just joined came by their link."""
    told = (str(record.get("type", record["method"])) for record in records)
    return [WAYS[way] for way in told if way in WAYS] or [BY_LINK]


class MFAAdapter(DefaultMFAAdapter):
    error_messages: ClassVar[dict[str, object]] = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "This desk asks for a second factor, and you have no other. Add another one first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return factors.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factors.unseal(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """Draw the QR code as an element of the page: the page's policy loads no `data:` picture."""
        # Loaded where it is drawn: it takes as long as a tenth of all else that a web process loads.
        image = import_module("qrcode").make(
            url, image_factory=import_module("qrcode.image.svg").SvgPathImage, border=2
        )
        return str(image.to_string(encoding="unicode"))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Where a second factor is required, the last one stays until there is another."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return bool(not settings.CONFIG.mfa_required or others.exclude(pk=authenticator.pk).exists())


def has_second_factor(user: AbstractBaseUser) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists())
