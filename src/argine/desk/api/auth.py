"""Who asks: a platform's key in the header `Authorization: Bearer KEY`, and what that key may do."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from argine.desk.api import limits
from argine.desk.api.problems import MissingScopeError
from argine.desk.core import actor
from argine.desk.core.actor import Actor
from argine.desk.people.enums import Scope
from argine.desk.people.operations import note_out_of_scope
from argine.desk.people.queries import KnownKey, known_key


class KeyedRequest(HttpRequest):
    """A request whose key was found good."""

    auth: KnownKey


def asker(request: KeyedRequest) -> Actor:
    return actor.key(request.auth.id)


class PlatformKey(HttpBearer):
    """Lets a key in that has the scope."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> KnownKey | None:  # noqa: ARG002  # ninja's shape
        key = known_key(token)
        if key is None:
            return None
        limits.count(key.id)
        if self.scope not in key.scopes:
            note_out_of_scope(key.id, [self.scope])
            raise MissingScopeError(self.scope)
        return key


CHECK, DECISIONS, ACTIONS, APPEALS = (
    PlatformKey(scope) for scope in (Scope.CHECK, Scope.DECISIONS, Scope.ACTIONS, Scope.APPEALS)
)
