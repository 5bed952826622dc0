"""The keys of a desk: small files in `data/keys`, readable by its owner only, made once and never overwritten.

They lie open, or wrapped by a program of the operator's (`key_commands`).
Losing `fields.key` loses the personal fields; losing `codes.key` locks every case code out: back both up, apart from
the database. Losing `log.key` ends the log's signatures but no proof already given.
"""

import base64
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from argine.desk.core import key_commands
from argine.errors import ArgineError

SESSIONS, FIELDS, CODES, LOG = "sessions.key", "fields.key", "codes.key", "log.key"
# While the key of sealed fields is being changed there is a second one: what is sealed from then on is under it.
FIELDS_NEXT, FIELDS_RETIRED = "fields-next.key", "fields-retired-{day}.key"
ALL_RETIRED = FIELDS_RETIRED.format(day="*")
WEBHOOK, WITNESS, EXCHANGE = "webhook.key", "witness.key", "exchange.key"
KEY_BYTES = 32


class MissingKeyError(ArgineError):
    code = "key_missing"


def write_once(path: Path, content: str) -> bool:
    """Write a secret file for its owner alone; tell whether it was written now. An existing file is left as it is."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike a rename, a link never replaces what another process just wrote
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def create_missing(folder: Path, *, is_new: bool = True) -> None:
    """Make the keys that are missing. Beside a database that is there already only `sessions.key` may be new.

    Raises:
        MissingKeyError: another one is missing. A new one would open nothing of what the database holds.
    """
    missing = [name for name in (SESSIONS, FIELDS, CODES, LOG) if not (folder / name).exists()]
    lost = [name for name in missing if name != SESSIONS]
    if lost and not is_new:
        raise MissingKeyError(
            f"The database is there but not its keys: {', '.join(lost)} in {folder}. Put them back from their backup; "
            "new keys would open neither the personal fields nor the case codes, and end the log's signatures."
        )
    for name in missing:
        _make(folder / name)


def begin_new_fields_key(folder: Path) -> None:
    """Make the key that takes the place of `fields.key`, unless it was made before."""
    if not (folder / FIELDS_NEXT).exists():
        _make(folder / FIELDS_NEXT)


def finish_new_fields_key(folder: Path, day: str) -> Path:
    """Let the new key take the place of `fields.key`, at once; tell where the old one is kept."""
    retired = folder / FIELDS_RETIRED.format(day=day)
    while retired.exists():
        retired = retired.with_name(f"{retired.stem}-{secrets.token_hex(2)}.key")
    os.link(folder / FIELDS, retired)
    (folder / FIELDS_NEXT).replace(folder / FIELDS)
    return retired


def _make(path: Path) -> None:
    write_once(path, key_commands.wrapped(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n"))


def lie_open(folder: Path) -> list[str]:
    """The names of the keys that lie unwrapped."""
    return sorted(path.name for path in _files(folder) if not key_commands.is_wrapped(path.read_text()))


def wrap_all(folder: Path) -> list[str]:
    """Wrap the keys that lie open, each in one step; tell their names. What was wrapped stays as it is.

    Raises:
        KeyCommandError: a program is not set or fails. The keys before it are wrapped, the others as they were.
    """
    found = lie_open(folder)
    for name in found:
        _replace(folder / name, key_commands.wrapped((folder / name).read_text()))
    return found


def unwrap_all(folder: Path) -> list[str]:
    """Let all keys lie open again, each in one step; tell which were wrapped.

    Raises:
        KeyCommandError: the program is not set or fails, as above.
    """
    found = sorted({path.name for path in _files(folder)} - set(lie_open(folder)))
    for name in found:
        _replace(folder / name, key_commands.opened((folder / name).read_text()))
    return found


def _files(folder: Path) -> list[Path]:
    """The keys. The first platform key, which is for a person to read, lies among them and is none."""
    own = [SESSIONS, FIELDS, FIELDS_NEXT, CODES, LOG, WEBHOOK, WITNESS, EXCHANGE]
    return [path for path in map(folder.joinpath, own) if path.exists()] + sorted(folder.glob(ALL_RETIRED))


def _replace(path: Path, content: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_once(draft, content)
    draft.replace(path)


def read(folder: Path, name: str) -> bytes:
    """Read a key of 32 bytes.

    Raises:
        MissingKeyError: the file is missing or not such a key.
        KeyCommandError: it lies wrapped, and cannot be opened.
    """
    try:
        key = base64.b64decode(key_commands.opened((folder / name).read_text()).strip(), validate=True)
    except (OSError, ValueError) as error:
        raise MissingKeyError(
            f"The key file {name} cannot be read. Put it back from the backup of the keys."
        ) from error
    if len(key) != KEY_BYTES:
        raise MissingKeyError(f"The key file {name} is damaged. Put it back from the backup of the keys.")
    return key


def session_secret(folder: Path) -> str:
    """The secret of cookies and tokens. Without a data folder (type checks, `--help`) a passing one serves."""
    if not (folder / SESSIONS).exists():
        return secrets.token_urlsafe(KEY_BYTES)
    return read(folder, SESSIONS).hex()


def webhook_key(folder: Path) -> Ed25519PrivateKey:
    """The key that webhooks are signed with, made when it is first needed: losing it costs a note to the platform."""
    return _made_when_needed(folder, WEBHOOK)


def witness_key(folder: Path) -> Ed25519PrivateKey:
    """The key that other desks' checkpoints are cosigned with, made when it is first needed.

    It belongs to what this desk remembers of those logs: without that memory it must not go on (`argine restore`).
    """
    return _made_when_needed(folder, WITNESS)


def exchange_key(folder: Path) -> Ed25519PrivateKey:
    """The key that bundles for partners are signed with; losing it costs a note to each partner."""
    return _made_when_needed(folder, EXCHANGE)


def _made_when_needed(folder: Path, name: str) -> Ed25519PrivateKey:
    path = folder / name
    if not path.exists():
        _make(path)
    return Ed25519PrivateKey.from_private_bytes(read(folder, name))


def log_key(folder: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(read(folder, LOG))
