"""One's own account: joining by a one-time link, second factors, passkeys."""

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.mfa import app_settings as mfa
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from argine.desk.console import wording
from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.adapters import has_second_factor
from argine.desk.console.forms import YES, JoinForm
from argine.desk.core.errors import InvalidError
from argine.desk.people import operations, sessions
from argine.desk.people.enums import Permission, Role
from argine.desk.people.models import StaffSession

UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Make the account that a one-time link stands for, log it in, and lead it to its second factor."""
    invitation = operations.open_invitation(token)
    form = JoinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            person = operations.join(token, operations.NewStaff(**form.cleaned_data))
        except InvalidError as error:
            for field, text in error.fields.items():
                form.add_error(field, text)
        else:
            get_adapter(request).login(request, person)
            return redirect("mfa_index")
    context = {"form": form, "role": Role(invitation.role).label}
    return render(request, "console/welcome.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
@needs(Permission.SEE_CASES)
def warnings(request: StaffRequest) -> HttpResponse:
    """Get warnings of clocks by e-mail, in the language of the page, or get them no more."""
    language = (get_language() or "en") if request.POST.get("wanted") == YES else ""
    operations.choose_warning_mails(request.user, language, by=request.actor)
    return redirect("mfa_index")


@require_safe
@needs(Permission.SEE_CASES, second_factor=False)
def show(request: StaffRequest) -> HttpResponse:
    factors = list(Authenticator.objects.filter(user_id=request.user.pk).order_by("created_at"))
    kinds = {factor.type: factor for factor in factors}
    codes = kinds.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "role": Role(request.user.role).label,
        "app": kinds.get(Authenticator.Type.TOTP),
        "passkeys": [factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN],
        "has_codes": codes is not None,
        "codes_left": mfa.RECOVERY_CODE_COUNT - codes.data["used_mask"].bit_count() if codes else 0,
        "is_safe": has_second_factor(request.user),
        "is_required": settings.CONFIG.mfa_required,
        "yes": YES,
        "sessions": [(row, sessions.is_of(row, request.session)) for row in sessions.open_sessions(request.user.pk)],
    }
    return render(request, "console/account.html", context)


@require_POST
@needs(Permission.SEE_CASES, second_factor=False)
@reauthentication_required  # type: ignore[untyped-decorator]
def end_sessions(request: StaffRequest) -> HttpResponse:
    """End one of one's other sessions, or all of them. Who sits here proves first to be the one they are of."""
    named = request.POST.get("session", "")

    def is_wanted(row: StaffSession) -> bool:
        return not sessions.is_of(row, request.session) and named in {"", str(row.id)}

    ended = operations.end_sessions(request.user, is_wanted, by=request.actor)
    messages.success(request, wording.sessions_ended(ended))
    return redirect("mfa_index")


@require_safe
def here(request: HttpRequest) -> HttpResponse:
    """Asked by an open page while somebody works on it: so that what they type outlives the session's end.

    Asking is a use of the session. The answer has what forms must send after a new log-in in another tab.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("console:queue"))
    return JsonResponse({"token": get_token(request)})
