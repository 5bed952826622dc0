"""Staff accounts, one-time links and platform keys."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from argine.desk.audit import queries as log
from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor, staff
from argine.desk.core.errors import InvalidError, NotFoundError
from argine.desk.people import permissions, policies, queries, sessions
from argine.desk.people.digests import digest
from argine.desk.people.enums import Permission, Role, Scope
from argine.desk.people.key_use import USED
from argine.desk.people.models import ApiKey, Exposure, Invitation, Staff, StaffSession
from argine.merkle.canonical import Json

INVITATION_HOURS = 48
REFUSED_EACH = timedelta(hours=1)
NO_ACCOUNT = "staff:none"
KEY_PREFIX = "argine_"


def invite(role: Role, *, by: Actor) -> str:
    """Make a one-time link's token for a new member of staff. The token is told once and not kept."""
    token, moment = secrets.token_urlsafe(32), time.now()
    with transaction.atomic():
        invitation = Invitation.objects.create(
            token_digest=digest(token),
            role=role,
            by=by,
            created_at=moment,
            expires_at=moment + timedelta(hours=INVITATION_HOURS),
        )
        append(Event.STAFF_INVITED, f"invitation:{invitation.id}", by=by, data={"role": role.value})
    return token


def take_back(invitations: Iterable[Invitation], *, by: Actor) -> None:
    """End links that nobody has used; those of a link's own page were told to somebody who is not to join any more."""
    with transaction.atomic():
        for invitation in invitations:
            append(Event.INVITATION_TAKEN_BACK, f"invitation:{invitation.id}", by=by)
            invitation.delete()


def open_invitation(token: str) -> Invitation:
    """Find the invitation of a link.

    Raises:
        NotFoundError: there is none, it was used, or it is too old.
    """
    found = Invitation.objects.filter(token_digest=digest(token), used_at=None, expires_at__gt=time.now()).first()
    if found is None:
        raise NotFoundError("This link was used or is too old. Ask an operator for a new one.")
    return found


@dataclass(frozen=True, slots=True)
class NewStaff:
    email: str
    name: str
    password: str


def _check_new_staff(new: NewStaff) -> None:
    fields: dict[str, str] = {}
    if not new.name.strip():
        fields["name"] = "Enter a name: colleagues see it."
    try:
        validate_email(new.email)
    except ValidationError:
        fields["email"] = "Enter an e-mail address."
    if Staff.objects.filter(email__iexact=new.email).exists():
        fields["email"] = "There is an account with this e-mail address already."
    try:
        validate_password(new.password, Staff(email=new.email, name=new.name))
    except ValidationError as error:
        fields["password"] = " ".join(error.messages)
    if fields:
        raise InvalidError("The account cannot be made like this.", fields=fields)


def join(token: str, new: NewStaff) -> Staff:
    """Make the account that a one-time link stands for, and use the link up.

    Raises:
        NotFoundError: the link is not good (any more).
        InvalidError: name, e-mail or password will not do; `fields` says why.
    """
    _check_new_staff(new)
    with transaction.atomic():
        invitation = open_invitation(token)
        invitation.used_at = time.now()
        invitation.save(update_fields=["used_at"])
        person = Staff(
            email=new.email.strip().lower(), name=new.name.strip(), role=invitation.role, joined_at=time.now()
        )
        person.set_password(new.password)
        person.save()
        append(
            Event.STAFF_JOINED,
            f"staff:{person.pk}",
            by=staff(person.pk),
            data={"role": person.role, "invitation": str(invitation.id)},
        )
    return person


def change_role(person: Staff, role: Role, *, by: Actor) -> None:
    """Give a member of staff another role. Links that they made end with the right to make any.

    Raises:
        RefusedError: no operator would remain.
    """
    with transaction.atomic():
        if role != Role.OPERATOR:
            policies.check_operator_remains(person, queries.operators())
        person.role = role
        person.save(update_fields=["role"])
        if not permissions.may(person, Permission.MANAGE_PEOPLE):
            take_back(queries.open_invitations(staff(person.pk)), by=by)
        append(Event.STAFF_CHANGED, f"staff:{person.pk}", by=by, data={"role": role.value})


def set_active(person: Staff, *, active: bool, by: Actor) -> None:
    """Let a member of staff in, or out: with them end their sessions, and the one-time links that they made.

    Raises:
        RefusedError: no operator would remain, or nobody who sees sensitive cases.
    """
    with transaction.atomic():
        if not active:
            policies.check_operator_remains(person, queries.operators())
            policies.check_somebody_sees(person, queries.see_sensitive())
        person.is_active = active
        person.save(update_fields=["is_active"])
        append(Event.STAFF_CHANGED, f"staff:{person.pk}", by=by, data={"active": active})
        if not active:
            end_sessions(person, by=by)
            take_back(queries.open_invitations(staff(person.pk)), by=by)


def let_see_sensitive(person: Staff, *, sees: bool, by: Actor) -> None:
    """Let a member of staff see the cases that are marked as sensitive, or no longer.

    Raises:
        RefusedError: nobody who sees them would remain.
    """
    with transaction.atomic():
        if not sees:
            policies.check_somebody_sees(person, queries.see_sensitive())
        person.sees_sensitive = sees
        person.save(update_fields=["sees_sensitive"])
        append(Event.STAFF_CHANGED, f"staff:{person.pk}", by=by, data={"sees_sensitive": sees})


def count_look(person: Staff) -> int:
    """Count a look of a member of staff at a copy, in the caller's transaction, which logs it; tell the day's number.

    Raises:
        RefusedError: it would be one too many for the day.
    """
    day = time.now().date()
    row = Exposure.objects.select_for_update().filter(staff=person, day=day).first() or Exposure(staff=person, day=day)
    policies.check_look(row.count, settings.CONFIG.preview_per_day)
    row.count += 1
    row.save()
    return row.count


def forget_old_exposures() -> int:
    """Drop the counts of past days; tell how many."""
    return Exposure.objects.filter(day__lt=time.now().date()).delete()[0]


def choose_warning_mails(person: Staff, language: str, *, by: Actor) -> None:
    """Let a member of staff get e-mails that warn of clocks, in this language; empty: none any more."""
    with transaction.atomic():
        person.warning_mails = language
        person.save(update_fields=["warning_mails"])
        append(Event.STAFF_CHANGED, f"staff:{person.pk}", by=by, data={"warnings": bool(language)})


def reset_second_factor(person: Staff, *, by: Actor) -> int:
    """Take a member of staff's app, passkeys and recovery codes away, for who has lost them; tell how many.

    Their sessions end: who holds what was lost may be in one.
    """
    with transaction.atomic():
        count: int = Authenticator.objects.filter(user_id=person.pk).delete()[0]
        append(Event.STAFF_CHANGED, f"staff:{person.pk}", by=by, data={"reset": "second factor"})
        end_sessions(person, by=by)
    return count


def set_password(person: Staff, password: str, *, by: Actor) -> None:
    """Give a member of staff another password, for who has forgotten theirs; their sessions end.

    As somebody else knows it, or was there when it was typed, its owner has to choose another at the next log-in.

    Raises:
        InvalidError: the password will not do; `fields` says why.
    """
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvalidError("This password will not do.", fields={"password": " ".join(error.messages)}) from None
    with transaction.atomic():
        person.set_password(password)
        person.must_change_password = True
        person.save(update_fields=["password", "must_change_password"])
        append(Event.STAFF_CHANGED, f"staff:{person.pk}", by=by, data={"reset": "password"})
        end_sessions(person, by=by)


def note_own_change(person: Staff, change: Mapping[str, str], session: SessionBase) -> None:
    """Write into the log what somebody changed of how they log in, and end their sessions but the one that asks.

    `change` says what became of what, such as `{"added": "app"}`. Whoever else is in one of these sessions may be
    the reason for it.
    """
    by = staff(person.pk)
    with transaction.atomic():
        append(Event.STAFF_CHANGED, f"staff:{person.pk}", by=by, data=dict(change))
        end_sessions(person, lambda row: not sessions.is_of(row, session), by=by)


def note_own_password(person: Staff, session: SessionBase) -> None:
    """Note that somebody has chosen a password of their own, as `note_own_change` does of factors."""
    with transaction.atomic():
        person.must_change_password = False
        person.save(update_fields=["must_change_password"])
        note_own_change(person, {"changed": "password"}, session)


def create_key(name: str, scopes: Iterable[Scope], *, by: Actor, ends_on: date | None = None) -> str:
    """Make a platform's key, for good or until the end of a day in UTC. It is told once and not kept.

    Raises:
        InvalidError: that day is over.
    """
    policies.check_last_day(ends_on, time.now().date())
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    granted = sorted(scope.value for scope in scopes)
    with transaction.atomic():
        made = ApiKey.objects.create(
            name=name,
            prefix=secret[: len(KEY_PREFIX) + 5],
            digest=digest(secret),
            scopes=granted,
            created_at=time.now(),
            ends_on=ends_on,
        )
        data: dict[str, Json] = {"scopes": list(granted), "key": queries.key_commitment(made)}
        if ends_on is not None:
            data["ends_on"] = ends_on.isoformat()
        append(Event.KEY_CREATED, f"key:{made.id}", by=by, data=data)
    return secret


def revoke_key(key: ApiKey, *, by: Actor) -> None:
    with transaction.atomic():
        key.revoked_at = time.now()
        key.save(update_fields=["revoked_at"])
        append(Event.KEY_REVOKED, f"key:{key.id}", by=by)


def note_used_keys() -> None:
    """Write down on which day the keys were last used that this process has seen since it did so last."""
    seen = USED.unwritten()
    for key_id, day in seen.items():
        ApiKey.objects.filter(Q(used_on=None) | Q(used_on__lt=day), pk=key_id).update(used_on=day)
    USED.written(seen)


def forget_old_invitations() -> int:
    """Drop links that were used or are too old; tell how many."""
    over = Q(expires_at__lt=time.now()) | Q(used_at__isnull=False)
    return Invitation.objects.filter(over).delete()[0]


def note_logged_in(person: Staff, ways: Iterable[str]) -> None:
    """Write into the log that somebody logged in, and with what."""
    with transaction.atomic():
        append(Event.STAFF_LOGGED_IN, f"staff:{person.pk}", by=staff(person.pk), data={"with": ", ".join(ways)})


def note_logged_out(person: Staff) -> None:
    """Write into the log that somebody logged out."""
    with transaction.atomic():
        append(Event.STAFF_LOGGED_OUT, f"staff:{person.pk}", by=staff(person.pk))


def note_refused(email: str) -> None:
    """Write into the log that a password was wrong: once an hour for each account, and once for all that are none.

    For these as well, so that the time of an answer does not tell which addresses have an account.
    """
    person = Staff.objects.filter(email__iexact=email).first()
    _note_once(Event.LOG_IN_REFUSED, f"staff:{person.pk}" if person else NO_ACCOUNT)


def note_factor_refused(staff_id: int | None) -> None:
    """Write into the log that a second factor was wrong: once an hour for each account. Who tried had the password.

    None: a passkey that was to log in alone; until its answer is right, it is nobody's.
    """
    _note_once(Event.FACTOR_REFUSED, NO_ACCOUNT if staff_id is None else f"staff:{staff_id}")


def note_not_permitted(staff_id: int, permission: Permission) -> None:
    """Write into the log that somebody tried what their role does not permit: once an hour for each permission."""
    _note_once(Event.STAFF_REFUSED, f"staff:{staff_id}", {"permission": permission.value})


def note_out_of_scope(key_id: UUID, scopes: Iterable[Scope]) -> None:
    """Write into the log that a key tried what needs one of these scopes, and has none: once an hour for each door."""
    _note_once(Event.KEY_REFUSED, f"key:{key_id}", {"scope": " or ".join(sorted(scopes))})


def _note_once(event: Event, subject: str, data: Mapping[str, Json] | None = None) -> None:
    told = data or {}
    if log.has(event, subject, SYSTEM, time.now() - REFUSED_EACH, told):
        return
    with transaction.atomic():
        # Asked again where nobody writes beside: many tries at once are one entry.
        if not log.has(event, subject, SYSTEM, time.now() - REFUSED_EACH, told):
            append(event, subject, by=SYSTEM, data=told)


def _every(_row: StaffSession) -> bool:
    return True


def end_sessions(person: Staff, wanted: Callable[[StaffSession], bool] = _every, *, by: Actor) -> int:
    """End those sessions of a member of staff that are wanted, or all; tell how many."""
    with transaction.atomic():
        ended = sessions.end(filter(wanted, sessions.open_sessions(person.pk)))
        if ended:
            append(Event.SESSIONS_ENDED, f"staff:{person.pk}", by=by, data={"count": ended})
    return ended
