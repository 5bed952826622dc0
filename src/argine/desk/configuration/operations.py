"""Setting what an operator may set in the console."""

import os
from collections.abc import Mapping

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.config import ConfigError
from argine.desk.configuration import policies, queries
from argine.desk.configuration.enums import SECRET, SETTABLE
from argine.desk.configuration.live import LIVE
from argine.desk.configuration.models import StoredSetting
from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.core.crypto import new_salt
from argine.desk.core.errors import RefusedError
from argine.merkle.canonical import Json

# A name, an address of people: in the log stands a salted hash of them alone.
IN_WORDS = frozenset({"platform_name", "platform_contact", "mail_from", "smtp_user"})


def change(values: Mapping[str, str], *, by: Actor) -> list[str]:
    """Set settings, each as its environment variable would have it; tell which changed. All of them, or none.

    Every process takes them at its next request or pass.

    Raises:
        RefusedError: one is not for the console, comes from the environment, or they do not fit together.
    """
    policies.check_settable(values, [name for name in SETTABLE if queries.from_environment(name, os.environ)])
    with transaction.atomic():
        before = queries.stored()
        changed = {name: text for name, text in values.items() if before.get(name, queries.default_of(name)) != text}
        _check({**before, **changed})
        for name, text in changed.items():
            _store(name, text, by=by)
    LIVE.refresh()
    sign_head_now()
    return list(changed)


def _check(chosen: Mapping[str, str]) -> None:
    try:
        policies.check_laws(queries.combined(chosen))
    except ConfigError as error:
        raise RefusedError(str(error)) from None


def _store(name: str, text: str, *, by: Actor) -> None:
    row = StoredSetting.objects.filter(name=name).first() or StoredSetting(name=name)
    row.value, row.salt, row.version, row.at = text, new_salt(), queries.version() + 1, time.now()
    row.save()
    data: dict[str, Json] = {"name": name, "version": row.version, "digest": queries.commitment(row)}
    if name not in SECRET | IN_WORDS:
        data["value"] = text
    append(Event.SETTING_CHANGED, f"setting:{name}", by=by, data=data)
