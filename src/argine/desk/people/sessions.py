"""Where staff are logged in: sessions that end, that their owner sees, and whose keys are not kept.

A session ends half an hour after it was last used and eight hours after it began (NIST SP 800-63B allows an hour and a
day), with the browser, and when its owner or an operator ends it. The cookie holds the key; the database its SHA-256,
so that nobody who reads the database can take a session over.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth import SESSION_KEY as STAFF_ID
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import Q, QuerySet

from argine.desk.core import time
from argine.desk.people.models import StaffSession

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
SEEN_EACH = timedelta(minutes=1)
ID, BEGAN, SEEN, DEVICE = "id", "began", "seen", "device"
KEY_CHARACTERS = 40
_BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {
    "Android": "Android", "iPhone": "iOS", "iPad": "iOS", "Windows": "Windows", "Mac OS X": "macOS",
    "CrOS": "ChromeOS", "Linux": "Linux",
}  # fmt: skip


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        return StaffSession

    def load(self) -> dict[str, Any]:
        """Read it, and note once a minute that it is used."""
        data: dict[str, Any] = super().load()
        if SEEN in data and time.now() - _moment(data, SEEN) >= SEEN_EACH:
            data[SEEN], self.modified = time.iso(time.now()), True
        return data

    def exists(self, session_key: str) -> bool:
        return StaffSession.objects.filter(session_key=_kept(session_key)).exists()

    def cycle_key(self) -> None:
        """Go on under another key. The old row goes first: the new one has its id."""
        data, old = self._session, self.session_key  # type: ignore[attr-defined]
        self.delete(old)
        self.create()
        self._session_cache = data

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            StaffSession.objects.filter(session_key=_kept(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        began = _moment(data, BEGAN)
        return StaffSession(
            id=data.get(ID),
            session_key=_kept(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=began + LONGEST,
            staff_id=data.get(STAFF_ID),
            began_at=began,
            seen_at=max(began, _moment(data, SEEN)),
            device=data.get(DEVICE, ""),
        )

    def _get_session_from_db(self) -> StaffSession | None:
        """Find it, unless it has ended; what has ended is not there for anybody who asks."""
        there = _open().filter(session_key=_kept(str(self.session_key))).first()
        if there is None:
            self._session_key = None
        return there


def _kept(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:KEY_CHARACTERS]


def _moment(data: Mapping[str, Any], name: str) -> datetime:
    return datetime.fromisoformat(data[name]) if name in data else time.now()


def begin(session: SessionBase, user_agent: str) -> None:
    """Count the time of a session from now, when its owner has logged in."""
    session[ID] = str(uuid4())
    session[BEGAN] = session[SEEN] = time.iso(time.now())
    session[DEVICE] = device(user_agent)


def device(user_agent: str) -> str:
    """Browser and system in words, such as "Firefox, Windows"; empty where the browser says nothing known."""
    found = (next((name for mark, name in names.items() if mark in user_agent), "") for names in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, found))


def open_sessions(staff_id: int) -> list[StaffSession]:
    """Where a member of staff is logged in now, first where they were last."""
    return list(_open().filter(staff_id=staff_id).order_by("-seen_at"))


def logged_in() -> set[int]:
    """Who of staff is logged in anywhere now."""
    return set(_open().exclude(staff=None).values_list("staff_id", flat=True))


def _open() -> QuerySet[StaffSession]:
    return StaffSession.objects.filter(_is_open())


def _is_open() -> Q:
    now = time.now()
    return Q(expire_date__gt=now, seen_at__gt=now - IDLE)


def is_of(row: StaffSession, session: SessionBase) -> bool:
    """Whether a row is that of the session that asks."""
    return row.session_key == _kept(session.session_key or "")


def end(ended: Iterable[StaffSession]) -> int:
    """End sessions at once; tell how many there were."""
    return StaffSession.objects.filter(pk__in=[one.pk for one in ended]).delete()[0]


def forget_ended() -> int:
    """Drop sessions that have ended; tell how many."""
    return StaffSession.objects.exclude(_is_open()).delete()[0]
