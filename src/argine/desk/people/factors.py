"""Secrets of second factors are sealed for the account that they are of: in another's row they do not open.

django-allauth has them sealed and opened without saying whose they are, so who calls it names the account before:

    with factors.of(person.pk):
        TOTP.activate(person, secret)
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from argine.desk.core import crypto

_account: ContextVar[int] = ContextVar("account")


@contextmanager
def of(staff_id: int) -> Iterator[None]:
    """Seal and open within for the account of this member of staff."""
    before = _account.set(staff_id)
    try:
        yield
    finally:
        _account.reset(before)


def place(staff_id: int) -> str:
    """What a sealed secret is bound to."""
    return f"mfa.{staff_id}"


def seal(text: str) -> str:
    """Seal a secret for the account that was named, in base64.

    Raises:
        LookupError: none was named.
    """
    return base64.b64encode(crypto.seal(text, place(_account.get()))).decode()


def unseal(text: str) -> str:
    """Open a secret of the account that was named.

    Raises:
        SealError: it is of another account, was altered, or is sealed with another key.
        LookupError: none was named.
    """
    return crypto.unseal(base64.b64decode(text), place(_account.get()))
