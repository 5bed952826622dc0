from django.urls import path

from argine.desk.intake import dossier, views

app_name = "intake"

urlpatterns = [
    path("", views.start, name="start"),
    path("report/", views.report, name="report"),
    path("report/under-18/", views.under_18, name="under_18"),
    path("status/", views.status, name="status"),
    path("status/message/", views.message, name="message"),
    path("status/add/", views.add, name="add"),
    path("status/referral/", views.referral, name="referral"),
    path("status/mail/", views.mails, name="mails"),
    path("status/sharing/", views.sharing, name="sharing"),
    path("status/under-18/", views.stop, name="stop"),
    path("status/withdraw/", views.withdraw, name="withdraw"),
    path("status/suspension/", views.appeal_suspension, name="appeal_suspension"),
    path("status/file/", dossier.download, name="dossier"),
    path("status/close/", views.close, name="close"),
    path("receipt/", views.receipt, name="receipt"),
    path("receipt/argine_verify.py", views.verifier, name="verifier"),
    path("receipt.json", views.receipt_file, name="receipt_file"),
    path("help/", views.help_page, name="help"),
    path("safety/", views.safety, name="safety"),
    path("privacy/", views.privacy, name="privacy"),
    path("about/", views.about, name="about"),
    path("leave/", views.leave, name="leave"),
]
