"""The operations of the platform API."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Status

from argine.desk.api import auth, openapi
from argine.desk.api.answers import (
    ActionAnswer,
    AppealAnswer,
    CheckAnswer,
    ClockAnswer,
    DecisionAnswer,
    DecisionsAnswer,
    ReappearanceAnswer,
    RestorationsAnswer,
    StatementAnswer,
    WebhookKeyAnswer,
)
from argine.desk.api.asks import ActionAsked, AppealAsked, CheckAsked, ReappearanceAsked
from argine.desk.api.auth import KeyedRequest, asker
from argine.desk.api.bodies import MOST_CHECK_BYTES, is_json, read_growth, read_json, read_upload
from argine.desk.api.checks import check_file, check_signals
from argine.desk.api.decisions import decision_answer, reappearance_answer
from argine.desk.api.restorations import restoration_answer
from argine.desk.audit import queries
from argine.desk.audit.operations import cosign
from argine.desk.audit.queries import growth, latest_checkpoint, verifier_key
from argine.desk.banks.queries import restorations_after
from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import Appellant, CaseState, Measure
from argine.desk.cases.operations import (
    file_appeal,
    record_statement_fetched,
    report_action,
    report_reappearance,
)
from argine.desk.cases.queries import decisions_after, get_appeal, get_case, get_decision
from argine.desk.cases.statements import statement_of
from argine.desk.clocks.queries import clock_of, clocks_of_case
from argine.desk.core.errors import NotFoundError, OtherSizeError
from argine.desk.core.http import sender
from argine.desk.core.operations import WITNESS, take
from argine.desk.notify import webhooks

LARGEST_CURSOR = 2**63 - 1
MOST_DECISIONS = 200
MOST_RESTORATIONS = 50
TEXT = "text/plain; charset=utf-8"

router = Router()


@router.post(
    "/check",
    auth=auth.CHECK,
    response=openapi.answers({200: CheckAnswer}, 400, 401, 403, 411, 413, 415, 422, 429, 503),
    operation_id="check",
    summary="Check an upload",
    openapi_extra=openapi.CHECK_BODY,
)
def check(request: KeyedRequest) -> CheckAnswer:
    """Say whether a picture or film, or the signals of one, is a copy of something banked, or shows a part of it.

    `block`: keep it out. `review`: it was reported and is not yet decided; a reviewer looks at the platform's own copy,
    named by `content`. `allow`: nothing matched. `unhashable`: too flat or too small to be compared by look. Of a film
    `times` tells which part of which clip appears where. The file is read in memory, hashed and dropped.
    """
    if is_json(request):
        return check_signals(read_json(request, CheckAsked, MOST_CHECK_BYTES), by=asker(request))
    return check_file(read_upload(request), by=asker(request))


@router.get(
    "/decisions",
    auth=auth.DECISIONS,
    response=openapi.answers({200: DecisionsAnswer}, 401, 403, 422, 429),
    operation_id="decisions",
    summary="Read decisions from a cursor on",
)
def decisions(
    request: KeyedRequest,  # noqa: ARG001 - ninja's shape
    after: Annotated[int, Query(ge=0, le=LARGEST_CURSOR)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_DECISIONS)] = 50,
) -> DecisionsAnswer:
    """Give the decisions that were made after a cursor, oldest first. Keep `next` and ask again with it."""
    found = [decision_answer(decision) for decision in decisions_after(after, limit)]
    return DecisionsAnswer(decisions=found, next=found[-1].cursor if found else after)


@router.get(
    "/decisions/{uuid:decision_id}",
    auth=auth.DECISIONS,
    response=openapi.answers({200: DecisionAnswer}, 401, 403, 404, 429),
    operation_id="decision",
    summary="Read one decision",
)
def decision(request: KeyedRequest, decision_id: UUID) -> DecisionAnswer:  # noqa: ARG001
    """Give one decision as it stands now: look here before acting on one that was read long ago."""
    return decision_answer(get_decision(decision_id))


@router.get(
    "/decisions/{uuid:decision_id}/statement",
    auth=auth.DECISIONS,
    response=openapi.answers({200: StatementAnswer}, 401, 403, 404, 429),
    operation_id="statement",
    summary="Fetch the statement of reasons for the uploader",
)
def statement(request: KeyedRequest, decision_id: UUID) -> StatementAnswer:
    """Give the statement of reasons that the platform owes its uploader. That it was fetched is logged."""
    found = get_decision(decision_id)
    reasons = statement_of(found)
    if reasons is None:
        raise NotFoundError("This decision restricts nothing, so there is no statement of reasons.")
    record_statement_fetched(found, by=asker(request))
    return StatementAnswer.model_validate(reasons)


@router.get(
    "/restorations",
    auth=auth.DECISIONS,
    response=openapi.answers({200: RestorationsAnswer}, 401, 403, 422, 429),
    operation_id="restorations",
    summary="Read what is to be put back",
)
def restorations(
    request: KeyedRequest,  # noqa: ARG001 - ninja's shape
    after: Annotated[int, Query(ge=0, le=LARGEST_CURSOR)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_RESTORATIONS)] = 10,
) -> RestorationsAnswer:
    """Give the bank entries that were undone after a cursor, each with the uploads that it alone had stopped.

    Put them back where you can, and tell their uploaders. Keep `next` and ask again with it.
    """
    found = [restoration_answer(row) for row in restorations_after(after, limit)]
    return RestorationsAnswer(restorations=found, next=found[-1].cursor if found else after)


@router.post(
    "/actions",
    auth=auth.ACTIONS,
    response=openapi.answers({200: ActionAnswer, 201: ActionAnswer}, 400, 401, 403, 404, 409, 411, 413, 415, 422, 429),
    operation_id="report_action",
    summary="Report an action",
    openapi_extra=openapi.ACTION_BODY,
)
def actions(request: KeyedRequest) -> Status[ActionAnswer]:
    """Take down that the platform has carried out a measure: the clocks of what it was done to are met.

    Saying it twice is harmless: 201 the first time, 200 after that.
    """
    asked = read_json(request, ActionAsked)
    decided = get_decision(asked.decision)
    before = set(decided.actions.values_list("pk", flat=True))
    draft = ActionDraft(asked.measure, asked.content.content(), asked.address)
    action = report_action(decided, draft, by=asker(request))
    answer = ActionAnswer(
        id=action.id,
        measure=Measure(action.measure),
        at=action.at,
        clocks=[ClockAnswer.of(clock) for clock in clocks_of_case(decided.case_id)],
        case_state=CaseState(get_case(decided.case_id).state),
    )
    return Status(200 if action.pk in before else 201, answer)


@router.post(
    "/reappearances",
    auth=auth.ACTIONS,
    response=openapi.answers(
        {200: ReappearanceAnswer, 201: ReappearanceAnswer}, 400, 401, 403, 404, 409, 411, 413, 415, 422, 429
    ),
    operation_id="report_reappearance",
    summary="Tell that removed content is there again",
    openapi_extra=openapi.REAPPEARANCE_BODY,
)
def reappearances(request: KeyedRequest) -> Status[ReappearanceAnswer]:
    """Take down that content which a decision removed appeared again: its case reopens with a new item and new clocks.

    Remove it and report that action. Saying it again meanwhile is harmless: 201 the first time, 200 after that.
    """
    asked = read_json(request, ReappearanceAsked)
    decided = get_decision(asked.decision)
    before = set(decided.case.reappearances.values_list("pk", flat=True))
    row = report_reappearance(decided, asked.content.content(), by=asker(request))
    answer = reappearance_answer(row, decided)
    return Status(200 if row.pk in before else 201, answer)


@router.post(
    "/appeals",
    auth=auth.APPEALS,
    response=openapi.answers({200: AppealAnswer, 201: AppealAnswer}, 400, 401, 403, 404, 409, 411, 413, 415, 422, 429),
    operation_id="file_appeal",
    summary="Pass on an uploader's appeal",
    openapi_extra=openapi.APPEAL_BODY,
)
def appeals(request: KeyedRequest) -> Status[AppealAnswer]:
    """Take an uploader's appeal against a removal. Somebody who did not take the decision decides it.

    Saying it twice is harmless: 201 the first time, 200 after that. If the appeal is granted, a new decision that
    replaces the old one comes with the next reading of the decisions.
    """
    asked = read_json(request, AppealAsked)
    decided = get_decision(asked.decision)
    before = set(decided.appeals.values_list("pk", flat=True))
    appeal = file_appeal(decided, asked.draft(), by=asker(request))
    return Status(200 if appeal.pk in before else 201, AppealAnswer.of(appeal, clock_of(appeal.id)))


@router.get(
    "/appeals/{uuid:appeal_id}",
    auth=auth.APPEALS,
    response=openapi.answers({200: AppealAnswer}, 401, 403, 404, 429),
    operation_id="appeal",
    summary="Read an uploader's appeal",
)
def appeal(request: KeyedRequest, appeal_id: UUID) -> AppealAnswer:  # noqa: ARG001
    """Give an appeal as it stands now, with the reasons for the uploader once it is decided."""
    found = get_appeal(appeal_id)
    if found.who != Appellant.UPLOADER:
        raise NotFoundError("There is no such appeal.")
    return AppealAnswer.of(found, clock_of(found.id))


@router.get(
    "/log/checkpoint",
    auth=None,
    response=openapi.answers({200: None}, 404),
    operation_id="log_checkpoint",
    summary="Read the log's newest signed head",
    openapi_extra=openapi.CHECKPOINT_TEXT,
)
def log_checkpoint(request: KeyedRequest) -> HttpResponse:  # noqa: ARG001
    """Give the newest checkpoint as a signed note (C2SP tlog-checkpoint). Who keeps it can hold the log to it."""
    newest = latest_checkpoint()
    if newest is None:
        raise NotFoundError("The log is empty: nothing has been signed yet.")
    return HttpResponse(queries.with_cosignatures(newest), content_type=TEXT)


@router.get(
    "/log/consistency",
    auth=None,
    response=openapi.answers({200: None}, 404, 409, 422),
    operation_id="log_consistency",
    summary="Prove that the log only grew",
    openapi_extra=openapi.GROWTH_TEXT,
)
def log_consistency(
    request: KeyedRequest,  # noqa: ARG001 - ninja's shape
    old: Annotated[int, Query(ge=0, le=LARGEST_CURSOR)],
    new: Annotated[int | None, Query(ge=1, le=LARGEST_CURSOR)] = None,
) -> HttpResponse:
    """Give a signed head of `new` entries, or the newest, and the proof that it goes on from the first `old` ones.

    The form is that in which witnesses are asked (C2SP tlog-witness). `argine receipt verify --proof` reads it.
    """
    return HttpResponse(growth(old, new).text(), content_type=TEXT)


@router.get(
    "/log/key",
    auth=None,
    response=openapi.answers({200: None}),
    operation_id="log_key",
    summary="Read the log's public key",
    openapi_extra=openapi.KEY_TEXT,
)
def log_key(request: KeyedRequest) -> HttpResponse:  # noqa: ARG001
    """Give the verifier key that checkpoints and receipts are checked with (C2SP signed-note)."""
    return HttpResponse(verifier_key().text() + "\n", content_type=TEXT)


@router.get(
    "/witness/key",
    auth=None,
    response=openapi.answers({200: None}),
    operation_id="witness_key",
    summary="Read the key of this desk as a witness",
    openapi_extra=openapi.KEY_TEXT,
)
def witness_key(request: KeyedRequest) -> HttpResponse:  # noqa: ARG001
    """Give the key that this desk's cosignatures are checked with (C2SP tlog-cosignature)."""
    return HttpResponse(queries.witness_key().text() + "\n", content_type=TEXT)


@router.post(
    "/witness/add-checkpoint",
    auth=None,
    response=openapi.answers({200: None}, 400, 403, 404, 409, 411, 413, 422, 429),
    operation_id="witness_add_checkpoint",
    summary="Ask for a cosignature",
    openapi_extra=openapi.ADD_CHECKPOINT,
)
def witness_add_checkpoint(request: KeyedRequest) -> HttpResponse:
    """Cosign a checkpoint of a log that this desk was set to witness (C2SP tlog-witness).

    The body is `old SIZE`, the hashes of the consistency proof, an empty line and the checkpoint. With 409 and
    `text/x.tlog.size` the answer is the size that was cosigned last: ask again from there.
    """
    take(WITNESS, sender(request))
    try:
        line = cosign(read_growth(request))
    except OtherSizeError as error:
        return HttpResponse(f"{error.size}\n", content_type="text/x.tlog.size", status=409)
    return HttpResponse(line, content_type=TEXT)


@router.get(
    "/webhook-key",
    auth=None,
    response=openapi.answers({200: WebhookKeyAnswer}),
    operation_id="webhook_key",
    summary="Read the key of webhooks",
)
def webhook_key(request: KeyedRequest) -> WebhookKeyAnswer:  # noqa: ARG001
    """Give the public key that the signatures of webhooks are checked with (RFC 9421, Ed25519)."""
    return WebhookKeyAnswer(**webhooks.public_key())
