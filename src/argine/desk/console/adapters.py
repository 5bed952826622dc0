"""What Argine changes of django-allauth: nobody signs up by themselves, and second factors are sealed at rest."""

import base64
from importlib import import_module

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from argine.desk.core import crypto
from argine.desk.core.http import sender
from argine.desk.people.models import Staff
from argine.desk.people.operations import note_logged_in, note_refused
from argine.desk.people.sessions import begin

PLACE = "mfa"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's shape
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Log in; who has just proved to be the person need not do so again to add a second factor."""
        super().login(request, user)
        record_authentication(request, user, method="login", reauthenticated=True)
        begin(request.session, request.headers.get("User-Agent", ""))
        if isinstance(user, Staff):
            note_logged_in(user)

    def authentication_failed(self, request: HttpRequest, **credentials: str) -> None:
        super().authentication_failed(request, **credentials)
        note_refused(credentials.get("email", ""))

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        # allauth looks the address up in a table of its own, which a desk without e-mail has no use for.
        right = bool(user.is_active and user.check_password(password))
        if not right:
            note_refused(user.get_username())
        return right

    def get_client_ip(self, request: HttpRequest) -> str:
        return sender(request)


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return base64.b64encode(crypto.seal(text, PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.unseal(base64.b64decode(encrypted_text), PLACE)

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
