"""No address of the public face takes a file; the way out forgets; the language stays."""

from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, reverse
from tests.factories import make_case, report_form, row_counts
from tests.pages import with_case

from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.models import Case
from argine.desk.intake.urls import urlpatterns

pytestmark = pytest.mark.django_db


def addresses() -> Iterator[str]:
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        assert not pattern.pattern.converters, "no address of the public face names a case"
        yield reverse(f"intake:{pattern.name}")


def with_token(client: Client) -> tuple[Client, str]:
    """A browser as it is: with the CSRF check on, and a token that passes it."""
    token = client.get("/report/").cookies["csrftoken"].value
    client.handler.enforce_csrf_checks = True
    return client, token


@pytest.mark.parametrize("path", [*addresses(), "/language"])
@pytest.mark.parametrize("name", ["file", "signals", "picture", "statement"])
def test_a_form_with_a_file_is_refused_everywhere_and_nothing_is_stored(path: str, name: str) -> None:
    case = make_case().case
    before = row_counts()
    client, token = with_token(with_case(case, "en"))
    form = {**report_form(), "csrfmiddlewaretoken": token, "text": "x", "sure": "on", "language": "it"}
    form[name] = SimpleUploadedFile("picture.jpg", b"\xff\xd8\xff" + bytes(100), "image/jpeg")
    answer = client.post(path, form)
    assert answer.status_code in {400, 405}, "405 where the address takes no form at all"
    assert row_counts() == before


def test_the_same_form_without_the_file_is_taken() -> None:
    create_default_banks()
    client, token = with_token(Client())
    assert client.post("/report/", {**report_form(), "csrfmiddlewaretoken": token}).status_code == 200
    assert Case.objects.count() == 1


def test_a_file_without_a_name_is_text_and_a_named_empty_file_is_refused() -> None:
    client, token = with_token(Client())
    for content in (b"", b"x"):
        form = {**report_form(), "csrfmiddlewaretoken": token, "file": SimpleUploadedFile("a.jpg", content)}
        assert client.post("/report/", form).status_code == 400
    assert not Case.objects.exists()


def test_a_body_that_is_a_picture_and_no_form_stores_nothing() -> None:
    create_default_banks()
    before = row_counts()
    answer = Client(raise_request_exception=False).post("/report/", b"\xff\xd8" * 50, content_type="image/jpeg")
    assert answer.status_code == 422
    after = row_counts()
    assert {name: count for name, count in after.items() if count != before[name]} in ({}, {"Bucket": 1})


def test_a_form_of_endless_fields_or_size_is_refused_in_a_page() -> None:
    client = Client(raise_request_exception=False)
    for form in ({f"f{number}": "x" for number in range(300)}, {"statement": "x" * 3_000_000}):
        assert client.post("/report/", form).status_code == 400
    assert not Case.objects.exists()


def test_the_way_out_leads_to_a_neutral_page_and_forgets_the_case() -> None:
    client = with_case(make_case().case, "en")
    client.post("/report/", report_form())
    answer = client.get("/leave/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://www.bbc.com/weather")
    for name in ("argine_case", "argine_sent"):
        assert answer.cookies[name]["max-age"] == 0
        assert client.cookies[name].value == ""
    assert client.get("/status/").templates[0].name == "intake/code.html"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_language_that_is_chosen_stays_and_leads_back_to_the_page(language: str) -> None:
    client = Client(headers={"Accept-Language": "it" if language == "en" else "en"})
    answer = client.post("/language", {"language": language, "next": "/about/"})
    assert answer.headers["Location"] == "/about/"
    assert f'<html lang="{language}"' in client.get("/about/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example", ""]
)
def test_the_language_never_leads_away_from_the_desk(target: str) -> None:
    answer = Client().post("/language", {"language": "it", "next": target})
    assert answer.headers["Location"] in {"/", ""}


@pytest.mark.parametrize("language", ["xx", "", "en; DROP", "\x00", "x" * 500])
def test_a_language_that_there_is_not_changes_nothing(language: str) -> None:
    client = Client(raise_request_exception=False)
    answer = client.post("/language", {"language": language, "next": "/"})
    assert answer.status_code == 302
    assert "argine_language" not in answer.cookies
