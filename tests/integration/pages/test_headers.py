"""What every answer of the desk carries, and what no page may contain."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.test import Client
from tests.pages import every_page, html_pages, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("pages")]

CSP = {
    "default-src 'none'",
    "object-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types argine",
}
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}
API = [
    ("GET", "/api/v1/decisions", 401),
    ("GET", "/api/v1/log/key", 200),
    ("GET", "/api/v1/nothing", 404),
    ("PUT", "/api/v1/check", 405),
    ("GET", "/health", 200),
    ("GET", "/receipt.json", 404),
]
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style|"
    r"<[^>]*\s(?:style|on\w+)=|<[^>]*javascript:|<base\b|<iframe",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(r"<(?:script|link|img|form|source)\b[^>]*\b(?:src|href|action)=\"(?:https?:)?//", re.IGNORECASE)


JSON_CSP = {
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
}
# Only here the browser plays a film, from memory, to hash it.
FILMS = {"media-src blob:"}


def faults_of(name: str, answer: object) -> list[str]:
    headers = answer.headers  # type: ignore[attr-defined]
    wanted = JSON_CSP if is_json(answer) else CSP | FILMS if is_report(name, answer) else CSP
    found = [name for name, value in HEADERS.items() if headers.get(name) != value]
    policy = {part.strip() for part in headers.get("Content-Security-Policy", "").split(";")}
    found += [] if policy == wanted else [f"CSP: {policy ^ wanted}"]
    cached = headers.get("Cache-Control", "")
    return found if "no-store" in cached else [*found, f"Cache-Control: {cached!r}"]


def is_json(answer: object) -> bool:
    return bool(answer.headers.get("Content-Type", "").startswith("application/json"))  # type: ignore[attr-defined]


def is_report(name: str, answer: object) -> bool:
    """Whether this is the page on which a report is written, or its answer."""
    return bool(re.match(r"/report/(\?|$)|report,|sent\b", name)) and answer.status_code in {200, 422}  # type: ignore[attr-defined]


def test_every_page_has_every_header_and_the_exact_policy() -> None:
    answers = dict(every_page())
    answers |= {f"{method} {path}": visitor("en").generic(method, path) for method, path, _ in API}
    assert {name: found for name, answer in answers.items() if (found := faults_of(name, answer))} == {}


@pytest.mark.parametrize(("method", "path", "status"), API)
def test_the_addresses_beside_the_pages_answer_as_expected(method: str, path: str, status: int) -> None:
    assert visitor("en").generic(method, path).status_code == status


def test_no_page_has_a_script_or_a_style_in_it_or_anything_from_elsewhere() -> None:
    found = {}
    for name, html in html_pages().items():
        found[name] = INLINE.findall(html) + ELSEWHERE.findall(html)
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_no_page_failed() -> None:
    assert {name: answer.status_code for name, answer in every_page().items() if answer.status_code >= 500} == {}


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "a b", "localhost:x", "localhost/..", "[::1"]
)
def test_another_host_name_is_refused(host: str) -> None:
    answer = Client(raise_request_exception=False).get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites() -> None:
    cookies = {}
    for answer in every_page().values():
        cookies |= {name: morsel for name, morsel in answer.cookies.items() if morsel.value}
    assert set(cookies) >= {"argine_case", "argine_sent", "csrftoken"}
    for name, morsel in cookies.items():
        assert morsel["httponly"], name
        assert morsel["samesite"] in {"Lax", "Strict"}, name


COOKIES = """
import json
import django
django.setup()
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from argine.desk.core.notices import NoticeCookie
from argine.desk.core.views import set_language
from argine.desk.intake import access
names = [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME,
         access.CASE_COOKIE, access.SENT_COOKIE, NoticeCookie.cookie_name]
request, response = RequestFactory().post("/language", {"language": "it"}), HttpResponse()
access.close(request, response)
access.remember_sent(response, "x")
print(json.dumps([names, {**response.cookies, **set_language(request).cookies}]))
"""
NAMES = ["argine_staff", "csrftoken", "argine_language", "argine_case", "argine_sent", "messages"]


@pytest.mark.parametrize(("address", "prefix"), [("https://desk.example", "__Host-"), ("http://127.0.0.1:8000", "")])
def test_over_https_every_cookie_is_bound_to_this_host_by_its_name(address: str, prefix: str) -> None:
    told = {"ARGINE_BASE_URL": address, "DJANGO_SETTINGS_MODULE": "argine.desk.settings"}
    ended = subprocess.run(
        [sys.executable, "-c", COOKIES], check=True, capture_output=True, env={**os.environ, **told}, timeout=60
    )
    names, cookies = json.loads(ended.stdout)
    assert names == [f"{prefix}{name}" for name in NAMES]
    assert {f"{prefix}argine_case", f"{prefix}argine_sent", f"{prefix}argine_language"} == set(cookies)
    for cookie in cookies.values():  # else browsers take none with the prefix, and delete none
        assert (bool(cookie["secure"]), cookie["path"], cookie["domain"]) == (bool(prefix), "/", "")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/report/"),
        ("POST", "/status/"),
        ("POST", "/status/message/"),
        ("POST", "/status/withdraw/"),
        ("POST", "/status/close/"),
        ("POST", "/language"),
        ("POST", "/console/login/"),
        ("POST", "/console/search"),
        ("POST", "/console/keys/new"),
        ("POST", "/console/people/invite"),
        ("POST", "/console/log/verify"),
        ("POST", "/console/logout"),
    ],
)
def test_a_form_of_another_site_is_refused(method: str, path: str) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answer = client.generic(method, path, "a=b", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 403
    assert "too long" in answer.content.decode() or "cookies" in answer.content.decode()


@pytest.mark.parametrize(
    ("file", "scripts"),
    [("browser/hash-worker.js", {"script-src 'self'", "worker-src 'self'"}), ("argine/mark.svg", set())],
)
def test_a_public_file_loads_nothing_but_scripts_of_the_desk(file: str, scripts: set[str]) -> None:
    answer = visitor("en").get(f"/static/{file}")
    answer.close()
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")} == JSON_CSP | scripts
