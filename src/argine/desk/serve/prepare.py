"""What a desk needs before it can be served: tables, banks, a first key, a link for the first member of staff."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from argine import __version__
from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head
from argine.desk.audit.queries import latest_checkpoint, verifier_key
from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.duties import switched_on
from argine.desk.cases.operations import create_first_replies
from argine.desk.configuration.live import LIVE
from argine.desk.core import keys
from argine.desk.core.actor import SYSTEM
from argine.desk.core.nodes import in_turn
from argine.desk.notify.operations import start_following
from argine.desk.people.enums import OF_PLATFORM, Role
from argine.desk.people.operations import create_key, invite
from argine.desk.people.queries import has_staff
from argine.merkle.checkpoint import open_signed
from argine.merkle.errors import MerkleError

PLATFORM_KEY = "platform-api.key"


@dataclass(frozen=True, slots=True)
class Prepared:
    """`invitation` is the token of the first staff account's link; None once there is staff."""

    key_file: Path
    invitation: str | None


def prepare() -> Prepared:
    """Bring tables and first rows up to date, one node after the other. Again changes nothing that is there.

    Raises:
        RegimeError: a regime in the settings is unknown, or not verified and not accepted.
        MissingKeyError: the keys beside this node are not those of the database.
    """
    switched_on()
    with in_turn("prepare"):
        call_command("migrate", verbosity=0, interactive=False)
        prepared = _first_rows()
    connection.close()
    return prepared


def _first_rows() -> Prepared:
    LIVE.refresh()
    switched_on()
    _check_keys()
    create_default_banks()
    create_first_replies()
    start_following()
    key_file = settings.KEYS / PLATFORM_KEY
    if not key_file.exists():
        keys.write_once(key_file, create_key("First platform key", OF_PLATFORM, by=SYSTEM) + "\n")
    invitation = None if has_staff() else invite(Role.OPERATOR, by=SYSTEM)
    with transaction.atomic():
        append(Event.DESK_STARTED, "desk", by=SYSTEM, data={"version": __version__})
    # At once: a node that comes next can tell by it whether it has the same keys.
    sign_head()
    return Prepared(key_file, invitation)


def _check_keys() -> None:
    signed = latest_checkpoint()
    try:
        if signed is not None:
            open_signed(signed.note, [verifier_key()])
    except MerkleError:
        raise keys.MissingKeyError(
            f"The keys in {settings.KEYS} are not those of the database. Put those from their backup in their "
            "place, or copy them from another node of this desk."
        ) from None
