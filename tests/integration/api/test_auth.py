import pytest
from django.test import Client
from tests.factories import make_key

from argine.desk.api.urls import api
from argine.desk.core.actor import SYSTEM
from argine.desk.people.enums import Scope
from argine.desk.people.models import ApiKey
from argine.desk.people.operations import revoke_key

PUBLIC = {
    "/api/v1/log/checkpoint",
    "/api/v1/log/consistency",
    "/api/v1/log/key",
    "/api/v1/webhook-key",
    "/api/v1/witness/add-checkpoint",
    "/api/v1/witness/key",
}
NEEDS = {
    "/api/v1/check": Scope.CHECK,
    "/api/v1/decisions": Scope.DECISIONS,
    "/api/v1/restorations": Scope.DECISIONS,
    "/api/v1/decisions/{decision_id}": Scope.DECISIONS,
    "/api/v1/decisions/{decision_id}/statement": Scope.DECISIONS,
    "/api/v1/actions": Scope.ACTIONS,
    "/api/v1/reappearances": Scope.ACTIONS,
    "/api/v1/appeals": Scope.APPEALS,
    "/api/v1/appeals/{appeal_id}": Scope.APPEALS,
}
SOME_ID = "00000000-0000-4000-8000-000000000000"
OPERATIONS = [(path, method) for path, found in api.get_openapi_schema()["paths"].items() for method in found]


def ask(path: str, method: str, authorization: str | None) -> tuple[int, str]:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = Client(headers=headers, raise_request_exception=False).generic(
        method.upper(), path.replace("{decision_id}", SOME_ID).replace("{appeal_id}", SOME_ID)
    )
    return answer.status_code, answer.headers.get("WWW-Authenticate", "")


def test_every_operation_is_public_or_has_its_scope_in_this_table() -> None:
    assert {path for path, _ in OPERATIONS} == PUBLIC | set(NEEDS)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
@pytest.mark.parametrize("scope", Scope)
def test_a_key_does_what_its_scopes_say_and_nothing_else(
    default_banks: None, path: str, method: str, scope: Scope
) -> None:
    status, challenge = ask(path, method, f"Bearer {make_key([scope])}")
    if path in PUBLIC or NEEDS[path] == scope:
        assert status not in {401, 403}
    else:
        assert status == 403
        assert f'scope="{NEEDS[path]}"' in challenge


@pytest.mark.parametrize(("path", "method"), [pair for pair in OPERATIONS if pair[0] not in PUBLIC])
@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "bearer\tx", "Bearer \xe9\xff"]
)
def test_without_a_good_key_every_operation_asks_for_one(
    default_banks: None, path: str, method: str, authorization: str | None
) -> None:
    assert ask(path, method, authorization) == (401, 'Bearer realm="argine"')


def test_a_revoked_key_is_out_at_once(default_banks: None) -> None:
    key = f"Bearer {make_key()}"
    assert ask("/api/v1/decisions", "get", key)[0] == 200
    revoke_key(ApiKey.objects.get(), by=SYSTEM)
    assert ask("/api/v1/decisions", "get", key)[0] == 401


def test_no_answer_may_be_cached(platform: Client) -> None:
    assert platform.get("/api/v1/decisions").headers["Cache-Control"] == "no-store"
