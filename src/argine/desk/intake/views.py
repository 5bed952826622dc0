"""The public pages. No account, no session row, no file: a report is one form, sent once."""

import json

from csp.decorators import csp_update
from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from argine.desk.audit.queries import witnesses_of
from argine.desk.cases import duties, misuse, operations, queries, questions
from argine.desk.cases.drafts import AppealDraft
from argine.desk.cases.enums import Appellant, Mail
from argine.desk.cases.models import Case
from argine.desk.clocks.queries import clocks_of_case
from argine.desk.core import operations as throttle
from argine.desk.core import time
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import InvalidError, NotFoundError, RefusedError, TooManyError
from argine.desk.core.http import sender
from argine.desk.core.middleware import PAGES_DROPPED
from argine.desk.exchange import operations as exchange
from argine.desk.exchange import queries as exchange_state
from argine.desk.intake import access, law_texts, status_page, wording
from argine.desk.intake.clock_lines import lines
from argine.desk.intake.forms import (
    CodeForm,
    MailForm,
    MessageForm,
    ReferralForm,
    ReportForm,
    SupplementForm,
    SuspensionForm,
    UnderAgeForm,
    WithdrawForm,
)
from argine.merkle.canonical import Json
from argine.merkle.one_file import NAME, one_file

UNPROCESSABLE = 422


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "intake/start.html",
        {"hours": law_texts.shortest_hours(), "helplines": law_texts.helplines()},
    )


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """The way out: the case is closed in this browser, and a neutral page follows.

    Nothing is cleared by a header: a browser shows the next page only once that is done. What the page itself kept, its
    script has erased.
    """
    response = HttpResponseRedirect(settings.CONFIG.exit_url)
    access.close(request, response)
    return response


@require_safe
def under_18(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/under_18.html", {"groups": law_texts.under_18_groups()})


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Who listens, by country."""
    return render(request, "intake/help.html", {"groups": law_texts.helpline_groups()})


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/safety.html", {"helplines": law_texts.helplines()})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/privacy.html", {"recipients": wording.recipients(exchange_state.recipients())})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/about.html", {"regimes": law_texts.regimes()})


# The browser plays a chosen film to itself, on this page and no other, and reads its frames.
@csp_update({"media-src": ["blob:"]})
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _report_page(request, ReportForm())
    form = ReportForm(request.POST)
    if form.says_under_18:
        return redirect("intake:under_18")  # before anything is read, checked or kept
    if access.was_sent(request, request.POST.get("submission", "")):
        return render(request, "intake/sent_before.html")
    try:
        throttle.take(throttle.NOTICE, sender(request))
    except TooManyError as error:
        return _wait(request, form, error)
    if not form.is_valid():
        return _report_page(request, form)
    return _send(request, form)


def _wait(request: HttpRequest, form: ReportForm, error: TooManyError) -> HttpResponse:
    """Too many reports from one address: say so beside everything that was written, so that nothing is lost."""
    form.add_error(None, str(error))
    response = _report_page(request, form)
    response.status_code = error.http_status
    response.headers["Retry-After"] = str(error.wait_s)
    return response


def _report_page(request: HttpRequest, form: ReportForm) -> HttpResponse:
    words = wording.for_script()
    context = {
        "form": form,
        "have": request.GET.get("have", ""),
        "words": words,
        "where_missing": wording.where_missing(),
        "why_unlawful": wording.why_unlawful(),
    }
    return render(request, "intake/report.html", context, status=UNPROCESSABLE if form.errors else 200)


def _send(request: HttpRequest, form: ReportForm) -> HttpResponse:
    draft = form.draft()
    sent = operations.submit_notice(draft)
    if form.cleaned_data.get("share"):
        exchange.agree(sent.case.id, by=REPORTER)
    lacking = duties.missing(draft, sent.notice.received_at)
    asked = {key for keys in lacking.values() for key in keys}
    context = {
        "code": sent.code,
        "suspended": sent.case.suspended_until is not None,
        "missing": [questions.ELEMENTS[element] for element in questions.in_order(asked)],
        "clocks": lines(clocks_of_case(sent.case.id), time.now()),
    }
    response = render(request, "intake/sent.html", context)
    access.open_case(response, sent.case)
    access.remember_sent(response, form.cleaned_data["submission"])
    return response


@require_http_methods(["GET", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _open_by_code(request)
    case = access.opened_case(request)
    if case is None:
        return render(request, "intake/code.html", {"form": CodeForm()})
    return _status_page(request, case)


def _open_by_code(request: HttpRequest) -> HttpResponse:
    throttle.take(throttle.CASE_CODE, sender(request))
    form = CodeForm(request.POST)
    case = queries.find_by_code(form.cleaned_data["code"]) if form.is_valid() else None
    if case is None:
        if not form.errors:
            form.add_error("code", _("No case opens with this code. Check each word, or report again."))
        return render(request, "intake/code.html", {"form": form}, status=UNPROCESSABLE)
    response = redirect("intake:status")
    access.open_case(response, case)
    return response


def _status_page(request: HttpRequest, case: Case, **sent: Form) -> HttpResponse:
    page = status_page.of(case)
    context = {
        "page": page,
        "message_form": sent.get("message") or MessageForm(),
        "under_age_form": sent.get("under_age") or UnderAgeForm(auto_id="under_18_%s"),
        "suspension_form": sent.get("suspension") or SuspensionForm(),
        "withdraw_form": sent.get("withdraw") or WithdrawForm(),
        "more_form": sent.get("more") or SupplementForm(page.lacking),
        "mail_form": sent.get("mail") or MailForm(initial={"mail": page.mail}, auto_id="mail_%s"),
        "referrals": [(text, sent.get("referral") or ReferralForm(text.regime)) for text in page.referrals],
    }
    has_errors = any(form.errors for form in sent.values())
    response = render(request, "intake/status.html", context, status=UNPROCESSABLE if has_errors else 200)
    access.keep_open(request, response)
    return response


@require_POST
def message(request: HttpRequest) -> HttpResponse:
    """Add information to an open case; appeal against a refusal."""
    case = access.opened_case(request)
    if case is None:
        return redirect("intake:status")
    throttle.take(throttle.MESSAGE, str(case.id))
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _status_page(request, case, message=form)
    try:
        _take(case, form.cleaned_data["text"])
    except RefusedError as refusal:
        form.add_error("text", str(refusal))
        return _status_page(request, case, message=form)
    return redirect("intake:status")


def _take(case: Case, text: str) -> None:
    decision = queries.current_decision(case)
    if decision is not None and status_page.appeal_until(case) is not None:
        operations.file_appeal(decision, AppealDraft(Appellant.REPORTER, text), by=REPORTER)
    else:
        operations.add_information(case, text, by=REPORTER)


@require_POST
def appeal_suspension(request: HttpRequest) -> HttpResponse:
    """Say why a suspension is wrong: somebody who did not decide it looks at it."""
    case = access.opened_case(request)
    step = misuse.suspension_told(case) if case else None
    if case is None or step is None:
        return redirect("intake:status")
    throttle.take(throttle.MESSAGE, str(case.id))
    form = SuspensionForm(request.POST)
    if form.is_valid():
        try:
            operations.appeal_suspension(step, form.cleaned_data["appeal"], by=REPORTER)
            return redirect("intake:status")
        except (InvalidError, RefusedError) as error:
            form.add_error("appeal", str(error))
    return _status_page(request, case, suspension=form)


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    case = access.opened_case(request)
    if case is None:
        return redirect("intake:status")
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _status_page(request, case, withdraw=form)
    operations.withdraw(case, by=REPORTER)
    return redirect("intake:status")


@require_POST
def mails(request: HttpRequest) -> HttpResponse:
    """Choose what comes by e-mail from now on."""
    case = access.opened_case(request)
    if case is None:
        return redirect("intake:status")
    throttle.take(throttle.MESSAGE, str(case.id))
    form = MailForm(request.POST, auto_id="mail_%s")
    if form.is_valid():
        try:
            operations.choose_mail(case, Mail(form.cleaned_data["mail"]), by=REPORTER)
            return redirect("intake:status")
        except RefusedError as refusal:
            form.add_error("mail", str(refusal))
    return _status_page(request, case, mail=form)


@require_POST
def sharing(request: HttpRequest) -> HttpResponse:
    """Let partners have the fingerprints of this report, or no more."""
    case = access.opened_case(request)
    if case is None:
        return redirect("intake:status")
    throttle.take(throttle.MESSAGE, str(case.id))
    if request.POST.get("share") != "yes":
        exchange.disagree(case.id, by=REPORTER)
    elif status_page.may_share(case):
        exchange.agree(case.id, by=REPORTER)
    return redirect("intake:status")


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """The person shown was under 18: the report is stopped, and the page says who can help."""
    case = access.opened_case(request)
    if case is None:
        return redirect("intake:status")
    form = UnderAgeForm(request.POST, auto_id="under_18_%s")
    if not form.is_valid():
        return _status_page(request, case, under_age=form)
    operations.freeze(case, by=REPORTER)
    return redirect("intake:status")


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Add to the notice what some law asks and it did not say."""
    case = access.opened_case(request)
    notice = queries.first_notice(case) if case else None
    if case is None or notice is None:
        return redirect("intake:status")
    throttle.take(throttle.MESSAGE, str(case.id))
    form = SupplementForm(status_page.of(case).lacking, request.POST)
    if form.is_valid():
        try:
            operations.add_to_notice(notice, form.draft(), by=REPORTER)
            return redirect("intake:status")
        except InvalidError as error:
            form.take(error)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
    return _status_page(request, case, more=form)


@require_POST
def referral(request: HttpRequest) -> HttpResponse:
    """Say when an authority received the person's own report: its clock is shown beside the platform's."""
    case = access.opened_case(request)
    if case is None:
        return redirect("intake:status")
    throttle.take(throttle.MESSAGE, str(case.id))
    form = ReferralForm(request.POST.get("regime", ""), request.POST)
    if form.is_valid():
        try:
            operations.tell_referral(case, form.regime, form.reported_at(), by=REPORTER)
            return redirect("intake:status")
        except (InvalidError, RefusedError) as error:
            form.add_error("moment", str(error))
    return _status_page(request, case, referral=form)


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    response = redirect("intake:start")
    access.close(request, response)
    response.headers["Clear-Site-Data"] = PAGES_DROPPED
    return response


def _opened_or_refuse(request: HttpRequest) -> Case:
    case = access.opened_case(request)
    if case is None:
        raise NotFoundError(_("Open your case with its code first, then ask for the receipt."))
    return case


@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    case = _opened_or_refuse(request)
    notice = case.notices.earliest("received_at")
    proof = queries.receipt(notice)
    context = {
        "case": case,
        "notice": notice,
        "facts": proof["notice"],
        "additions": [queries.supplement_facts(row) for row in queries.supplements_of(case)],
        "proof": json.dumps(proof, ensure_ascii=False, indent=1),
        "witnesses": witnesses_of(notice.entry_index),
    }
    response = render(request, "intake/receipt.html", context)
    access.keep_open(request, response)
    return response


def _proof(case: Case, addition: str) -> dict[str, Json]:
    """The proof of the notice, or of what was added to it, counted from 1."""
    notice = case.notices.earliest("received_at")
    first = queries.receipt(notice)
    added = queries.supplements_of(case)
    if not addition:
        return first
    if not addition.isdecimal() or not 0 < int(addition[:4]) <= len(added):
        raise NotFoundError(_("We cannot find this addition. Go back to your case and try again."))
    return queries.supplement_receipt(added[int(addition[:4]) - 1])


@require_safe
def verifier(_request: HttpRequest) -> HttpResponse:
    """The program by which anybody checks a receipt without this desk."""
    headers = {"Content-Disposition": f'attachment; filename="{NAME}"'}
    return HttpResponse(one_file(), content_type="text/x-python; charset=utf-8", headers=headers)


@require_safe
def receipt_file(request: HttpRequest) -> HttpResponse:
    """The receipt for a program: `argine log verify` and others can check it."""
    case = _opened_or_refuse(request)
    proof = _proof(case, request.GET.get("addition", ""))
    body = json.dumps(proof, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": 'attachment; filename="receipt.json"'}
    return HttpResponse(body, content_type="application/json", headers=headers)
