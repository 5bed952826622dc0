"""Passwords that are tried first, though they are long: common ones and the desk's own words with something added.

Lists of stolen passwords hold few that have twelve characters; people make long ones of short ones. So the short one is
looked for inside: without digits and signs around it, once if it is repeated, and two of them in a row.
"""

import logging
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from argine.desk.people.breaches import BreachList, BreachListError

logger = logging.getLogger(__name__)

OWN_WORDS = frozenset({
    "argine", "console", "desk", "helpline", "reviewer", "supervisor", "operator", "moderator", "admin", "staff",
    "takedown", "deepfake", "report", "password", "passwort", "contraseña", "segreto", "welcome", "benvenuto", "login",
})  # fmt: skip
LEAST_OTHER, LEAST_PART = 8, 3
_AT_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SIGNS = re.compile(r"[\W_]+")
_REPEATED = re.compile(r"(.+?)\1+")
_WORDS = re.compile(r"[^\W\d_]{4,}")


class NotGuessable:
    """Refuses what is left too short without the desk's own words, common passwords in disguise, and stolen ones."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Check a password.

        Raises:
            ValidationError: it is one that would be tried first, or was stolen; or that cannot be told.
        """
        said = password.casefold()
        if is_common(said_once(said)) or len(_without(said, own_words(user))) < LEAST_OTHER:
            raise ValidationError(
                _("Such a password is tried first. Take some words that do not belong together."),
                code="password_guessable",
            )
        check_breaches(password)

    def get_help_text(self) -> str:
        if settings.CONFIG.breached_passwords_file:
            return _("Not made of common passwords, nor of the words of this desk, nor known from a breach.")
        return _("Not made of common passwords, nor of the words of this desk.")


def check_breaches(password: str) -> None:
    """Refuse what is in the operator's list of passwords from breaches, if there is one.

    While it cannot be read no password is set: whoever named it relies on it, and the person can come again.

    Raises:
        ValidationError: it was in a breach, or that cannot be told.
    """
    if not (named := settings.CONFIG.breached_passwords_file):
        return
    try:
        found = BreachList(Path(named)).holds(password)
    except BreachListError as error:
        logger.error("The list of passwords from breaches cannot be used: %s", error)  # noqa: TRY400 - no trace: it has the password
        raise ValidationError(
            _("The desk cannot read its list of passwords from breaches, so none can be set. Tell who runs it."),
            code="password_list_unread",
        ) from None
    if found:
        raise ValidationError(
            _("This password was stolen somewhere and is in lists that thieves try. Choose another."),
            code="password_breached",
        )


def said_once(password: str) -> str:
    """A password without digits and signs at its ends, and once where it repeats itself."""
    inner = _AT_ENDS.sub("", password)
    repeated = _REPEATED.fullmatch(inner)
    return _AT_ENDS.sub("", repeated[1]) if repeated else inner


def is_common(password: str) -> bool:
    """Whether it is a common password, or two of them in a row, with or without signs between."""
    plain = _SIGNS.sub("", password)
    pairs = ((plain[:place], plain[place:]) for place in range(LEAST_PART, len(plain) - LEAST_PART + 1))
    return plain in _common() or any(one in _common() and other in _common() for one, other in pairs)


def own_words(user: AbstractBaseUser | None) -> frozenset[str]:
    """Words that belong to the desk: its platform's name, its address, the name and address of whose password it is."""
    texts = [settings.CONFIG.platform_name, settings.CONFIG.base_url.partition("://")[2]]
    texts += [str(getattr(user, name, "")) for name in ("name", "email")]
    return OWN_WORDS | {word.casefold() for text in texts for word in _WORDS.findall(text)}


def _without(password: str, words: frozenset[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        password = password.replace(word, "")
    return _AT_ENDS.sub("", password)


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
