"""Which passwords are refused: those that are tried first."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as desk
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from argine.desk.people.models import Staff
from argine.desk.people.passwords import said_once

PERSON = Staff(name="Rosa Bianchi", email="rosa@helpline.example")
REFUSED = {
    "too short": "p4rt-0f-it",
    "in the list of common ones": "1qaz2wsx3edc4rfv",
    "a common one and a year": "sunshine2026!",
    "a common one between signs": "**iloveyou**123",
    "a common one twice": "dragondragon",
    "a common one thrice, in capitals": "MonkeyMonkeyMonkey",
    "two common ones": "iloveyouforever",
    "two common ones with a sign between": "letmein-please1",
    "one letter": "aaaaaaaaaaaaaaaa",
    "digits alone": "9081726354091827",
    "signs alone": "!!??!!??!!??!!",
    "the name of the software": "Argine-Argine-2026",
    "words of the work": "helpline-moderator",
    "the platform's name": "pondlife forum 1",
    "one's own name": "bianchi-rosa-2026",
    "one's own name with a slip": "rosa biancchi",
}  # fmt: skip
TAKEN = [
    "öäü ßçñ žýáíé",
    "correct horse battery",
    "a long enough phrase",
    "tW9#kq!vZr2m",
    "argine beside a quiet river",
    "öäü ßçñ žýáíé",
]


@pytest.mark.parametrize("password", REFUSED.values(), ids=REFUSED)
def test_what_is_tried_first_is_refused(password: str, settings: Any) -> None:
    settings.CONFIG = replace(desk.CONFIG, platform_name="Pondlife Forum")
    with pytest.raises(ValidationError):
        validate_password(password, PERSON)


@pytest.mark.parametrize("password", TAKEN)
def test_words_that_do_not_belong_together_are_taken(password: str) -> None:
    validate_password(password, PERSON)


@given(st.text(max_size=200))
def test_any_text_has_a_form_without_repetition(text: str) -> None:
    assert len(said_once(text)) <= len(text)
