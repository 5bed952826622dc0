"""The console, and of django-allauth only what a desk needs: nobody signs up, nor logs in by mail."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from argine.desk.console.views import account as own_account
from argine.desk.console.views import (
    again,
    appeals,
    banks,
    case,
    keys,
    log,
    misuse,
    orders,
    outgoing,
    outward,
    people,
    queue,
    records,
    regions,
    related,
    reports,
)

console = [
    path("", queue.show, name="queue"),
    path("search", queue.search, name="search"),
    path("cases/<uuid:case_id>", case.show, name="case"),
    path("cases/<uuid:case_id>/decide", case.decide, name="decide"),
    path("cases/<uuid:case_id>/pictures/<uuid:entry_id>/mark", regions.mark, name="mark_region"),
    path("cases/<uuid:case_id>/override", case.override, name="override"),
    path("cases/<uuid:case_id>/ask", case.ask, name="ask"),
    path("cases/<uuid:case_id>/freeze", case.freeze, name="freeze"),
    path("cases/<uuid:case_id>/preserve", case.preserve, name="preserve"),
    path("cases/<uuid:case_id>/hold-records", records.hold, name="hold_records"),
    path("cases/<uuid:case_id>/release-records", records.release, name="release_records"),
    path("cases/<uuid:case_id>/merge/<uuid:leading_id>", related.merge, name="merge"),
    path("cases/<uuid:case_id>/split", related.split, name="split"),
    path("cases/<uuid:case_id>/claim", case.claim, name="claim"),
    path("cases/<uuid:case_id>/release", case.release, name="release"),
    path("cases/<uuid:case_id>/ask-missing", case.ask_missing, name="ask_missing"),
    path("cases/<uuid:case_id>/extend", orders.extend, name="extend_order"),
    path("orders/new", orders.new, name="new_order"),
    path("appeals/<uuid:appeal_id>/decide", appeals.decide, name="decide_appeal"),
    path("seen-again/<uuid:reappearance_id>/decide", again.decide, name="seen_again"),
    path("cases/<uuid:case_id>/misuse", misuse.take, name="misuse"),
    path("suspensions/<uuid:step_id>/review", misuse.review, name="review_suspension"),
    path("banks", banks.show, name="banks"),
    path("banks/floods/<uuid:flood_id>", banks.decide_flood, name="decide_flood"),
    path("records", records.show, name="records"),
    path("log", log.show, name="log"),
    path("log/verify", log.verify, name="log_verify"),
    path("log/<int:index>", log.entry, name="log_entry"),
    path("log/<int:index>/receipt.json", log.receipt, name="log_receipt"),
    path("people", people.show, name="people"),
    path("people/invite", people.invite, name="invite"),
    path("people/<int:person_id>/role", people.change_role, name="change_role"),
    path("people/<int:person_id>/active", people.set_active, name="set_active"),
    path("outgoing", outgoing.show, name="outgoing"),
    path("outgoing/test", outgoing.test, name="outgoing_test"),
    path("outgoing/test-event", outgoing.test_event, name="outgoing_test_event"),
    path("outgoing/<uuid:message_id>/retry", outgoing.retry, name="outgoing_retry"),
    path("outgoing/<uuid:message_id>/discard", outgoing.discard, name="outgoing_discard"),
    path("outward", outward.show, name="outward"),
    path("cases/<uuid:case_id>/outward/<str:platform>", outward.write, name="outward_write"),
    path("outward/<uuid:notice_id>/reminder", outward.reminder, name="outward_reminder"),
    path("outward/<uuid:notice_id>/follow-up", outward.follow_up, name="outward_follow_up"),
    path("outward/<uuid:notice_id>/answer", outward.answer, name="outward_answer"),
    path("reports", reports.show, name="reports"),
    re_path(r"^reports/(transparency|statements|requests)$", reports.download, name="report_file"),
    path("keys", keys.show, name="keys"),
    path("keys/new", keys.create, name="create_key"),
    path("keys/<uuid:key_id>/revoke", keys.revoke, name="revoke_key"),
    path("welcome/<str:token>", own_account.welcome, name="welcome"),
]

# django-allauth finds its pages by these names.
accounts = [
    path("login/", account.login, name="account_login"),
    path("login/second-factor", mfa.authenticate, name="mfa_authenticate"),
    path("login/passkey", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("logout", account.logout, name="account_logout"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("confirm/password", account.reauthenticate, name="account_reauthenticate"),
    path("confirm/code", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/passkey", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account", own_account.show, name="mfa_index"),
    path("account/warnings", own_account.warnings, name="account_warnings"),
    path("account/password", account.password_change, name="account_change_password"),
    path("account/app/add", totp.activate_totp, name="mfa_activate_totp"),
    path("account/app/remove", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/codes", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/codes/new", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/codes/download", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("account/passkeys", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("account/passkeys/add", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/name", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((console, "console"))), *accounts]
