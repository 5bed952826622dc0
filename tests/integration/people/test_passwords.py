"""Which passwords are refused: those that are tried first."""

from dataclasses import replace
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as desk
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import PASSWORD, make_staff

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


def listed(folder: Path, *passwords: str) -> Any:
    """Settings of a desk whose operator has a list of stolen passwords."""
    path = folder / "stolen.txt"
    path.write_text("".join(sorted(f"{sha1(one.encode()).hexdigest().upper()}:7\n" for one in passwords)))
    return replace(desk.CONFIG, breached_passwords_file=str(path))


def fault_of(password: str) -> str:
    with pytest.raises(ValidationError) as caught:
        validate_password(password, PERSON)
    return str(caught.value.error_list[0].code)


def test_a_password_of_the_operators_list_is_refused_and_no_other(tmp_path: Path, settings: Any) -> None:
    settings.CONFIG = listed(tmp_path, "tW9#kq!vZr2m", "another stolen one")
    assert fault_of("tW9#kq!vZr2m") == "password_breached"
    validate_password("a quiet river bank", PERSON)


@pytest.mark.parametrize("content", [None, "no digest at all\n"])
def test_while_the_list_cannot_be_read_no_password_is_set_and_no_line_holds_it(
    content: str | None, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CONFIG = listed(tmp_path)
    path = Path(settings.CONFIG.breached_passwords_file)
    path.unlink() if content is None else path.write_text(content)
    assert fault_of("a quiet river bank") == "password_list_unread"
    assert "cannot be used" in caplog.text
    assert "river" not in caplog.text
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.django_db
def test_who_chooses_a_stolen_one_is_told_so_on_the_page_and_keeps_the_old(tmp_path: Path, settings: Any) -> None:
    person, client = make_staff(), Client(headers={"Host": "localhost"})
    client.post("/console/login/", {"login": person.email, "password": PASSWORD})
    assert "breach" not in client.get("/console/account/password").content.decode(), "no promise without a list"
    settings.CONFIG = listed(tmp_path, "tW9#kq!vZr2m")
    assert "breach" in client.get("/console/account/password").content.decode()
    # A list within a paragraph would end it in the browser, and the field would be described by nothing.
    assert (
        '<div class="hint" id="id_password1_helptext"><ul>' in client.get("/console/account/password").content.decode()
    )
    new = {"password1": "tW9#kq!vZr2m", "password2": "tW9#kq!vZr2m"}
    answer = client.post("/console/account/password", {"oldpassword": PASSWORD, **new})
    assert "stolen somewhere" in answer.content.decode()
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


@given(st.text(max_size=200))
def test_any_text_has_a_form_without_repetition(text: str) -> None:
    assert len(said_once(text)) <= len(text)
