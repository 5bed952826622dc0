"""Making a dossier from the console, from the person's own page, and at the shell."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.conf import settings
from django.test import Client
from tests.factories import log_events, make_case, make_case_in, staff_client
from tests.pages import with_case

from argine.cli.main import main
from argine.desk.audit.queries import HEAD_FILE, verifier_key
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Case
from argine.desk.core import time
from argine.desk.core.operations import OWN_FILE
from argine.desk.dossier import pdf
from argine.desk.people.enums import Role
from argine.merkle.dossier import verify_dossier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_banks")]

MADE = "case.dossier.made"


@pytest.fixture
def case() -> Case:
    return make_case(addresses=["https://forum.example/t/1"]).case


@pytest.mark.parametrize("role", Role)
def test_everybody_at_the_desk_makes_one_from_the_page_of_the_case(case: Case, role: Role) -> None:
    client = staff_client(role)
    page = client.get(f"/console/cases/{case.id}").content.decode()
    assert f'action="/console/cases/{case.id}/dossier"' in page
    answer = client.post(f"/console/cases/{case.id}/dossier", {"form": "pdf", "language": "it"})
    assert answer.content.startswith(b"%PDF-")
    assert b"/Lang(it)" in answer.content
    assert answer.headers["Content-Disposition"] == f'attachment; filename="dossier-{case.number}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert log_events(f"case:{case.id}").count(MADE) == 1


def test_what_is_not_asked_for_well_is_made_in_the_readers_language_as_a_pdf(case: Case) -> None:
    answer = staff_client().post(f"/console/cases/{case.id}/dossier", {"form": "exe", "language": "xx"})
    assert answer.content.startswith(b"%PDF-")
    assert b"/Lang(en)" in answer.content


def test_looking_makes_none_and_strangers_make_none(case: Case) -> None:
    assert staff_client().get(f"/console/cases/{case.id}/dossier").status_code == 405
    assert Client().post(f"/console/cases/{case.id}/dossier").status_code == 302
    assert MADE not in log_events(f"case:{case.id}")


def test_where_none_may_be_made_the_page_says_why(monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    frozen = make_case_in(CaseState.FROZEN)
    client = staff_client()
    assert "somebody under 18 is handed out" in client.get(f"/console/cases/{frozen.id}").content.decode()
    answer = client.post(f"/console/cases/{frozen.id}/dossier", {"form": "json"})
    assert answer.status_code == 409
    monkeypatch.setattr(pdf, "typst", None)
    page = client.get(f"/console/cases/{case.id}").content.decode()
    assert 'name="form" value="json"' in page
    assert 'name="form" value="pdf"' not in page
    assert client.post(f"/console/cases/{case.id}/dossier", {"form": "pdf"}).status_code == 409


def test_the_person_saves_their_own_under_a_name_that_says_nothing(case: Case) -> None:
    client = with_case(case, "it")
    assert 'action="/status/file/"' in client.get("/status/").content.decode()
    answer = client.post("/status/file/", {"form": "pdf"})
    assert answer.content.startswith(b"%PDF-")
    assert b"/Lang(it)" in answer.content
    assert answer.headers["Content-Disposition"] == f'attachment; filename="file-{case.number}.pdf"'
    told = json.loads(client.post("/status/file/", {"form": "json"}).content)
    assert told["extent"] == "own"
    verify_dossier(told, [verifier_key()])
    assert log_events(f"case:{case.id}").count(MADE) == 2


def test_who_opened_no_case_gets_no_file_and_a_frozen_case_has_none(case: Case) -> None:
    answer = Client().post("/status/file/", {"form": "pdf"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/status/")
    frozen = with_case(make_case_in(CaseState.FROZEN), "en")
    assert "/status/file/" not in frozen.get("/status/").content.decode()
    assert frozen.post("/status/file/", {"form": "pdf"}).status_code == 409


def test_a_person_gets_five_files_at_once_and_each_says_no_more_than_the_one_before(case: Case) -> None:
    client = with_case(case, "en")
    answers = [client.post("/status/file/", {"form": "json"}) for _ in range(OWN_FILE.burst + 1)]
    assert [answer.status_code for answer in answers] == [200] * OWN_FILE.burst + [429]
    assert int(answers[-1].headers["Retry-After"]) <= OWN_FILE.seconds_each
    told = [json.loads(answer.content) for answer in answers[:-1]]
    made = [[line["event"] for line in one["timeline"]].count(MADE) for one in told]
    assert made == [0, 1, 2, 2, 2]
    for one in told:
        verify_dossier(one, [verifier_key()])
    assert log_events(f"case:{case.id}").count(MADE) == OWN_FILE.burst
    with time.shifted(timedelta(seconds=OWN_FILE.seconds_each)):
        assert client.post("/status/file/", {"form": "json"}).status_code == 200


@pytest.fixture
def argine() -> Iterator[Callable[..., Result]]:
    settings.CONFIG.database.touch()
    yield lambda *words: CliRunner().invoke(main, [str(word) for word in words])
    settings.CONFIG.database.unlink()
    (settings.CONFIG.data / HEAD_FILE).unlink(missing_ok=True)


@pytest.mark.parametrize("own", [False, True])
def test_the_shell_writes_one_that_the_shell_verifies(
    case: Case, argine: Callable[..., Result], tmp_path: Path, own: bool
) -> None:
    target = tmp_path / "dossier.json"
    words = ["export", "dossier", case.number, "--form", "json", "-o", target, *(["--own"] if own else [])]
    assert argine(*words).exit_code == 0
    assert target.stat().st_mode & 0o077 == 0
    verified = argine("receipt", "verify", target, "--key", verifier_key().text())
    assert verified.exit_code == 0
    told = json.loads(verified.stdout)
    assert (told["ok"], told["own_key"], told["entries"] > 0) == (True, False, True)
    target.write_text(target.read_text().replace('"by": "reporter"', '"by": "staff"').replace("person@", "other@"))
    assert argine("receipt", "verify", target, "--key", verifier_key().text()).exit_code == 6


def test_the_shell_says_when_there_is_no_such_case(argine: Callable[..., Result]) -> None:
    answer = argine("export", "dossier", "4711")
    assert answer.exit_code != 0
    assert "There is no case 4711" in answer.output
