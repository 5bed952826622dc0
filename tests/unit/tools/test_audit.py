"""A fault is told and fails; what could not be compared is never called well."""

import json

import pytest
from tools import audit
from tools.audit import Found, read, told

FAULT = {"id": "PYSEC-2026-1", "fix_versions": ["2.0"], "aliases": [], "description": "x"}
WELL = {"name": "a", "version": "1.0", "vulns": []}
ILL = {"name": "b", "version": "1.0", "vulns": [FAULT]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found"}


def answer(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (answer(WELL), Found(compared=1)),
        (answer(WELL, SKIPPED), Found(compared=1, unknown=1)),
        (answer(WELL, ILL), Found(("b 1.0: PYSEC-2026-1, mended in 2.0",), compared=2)),
        (answer(SKIPPED, SKIPPED), Found(unknown=2, trouble="the index that is reachable here knows no faults")),
        ("", Found(trouble="the index cannot be reached")),
        ("ERROR: no network", Found(trouble="the index cannot be reached")),
    ],
)
def test_the_answer_is_read(said: str, found: Found) -> None:
    assert read(said) == found


@pytest.mark.parametrize(
    ("found", "rule", "text", "code"),
    [
        (Found(compared=42), "", "none in 42 packages.", 0),
        (Found(compared=40, unknown=2), "", "none in 40 packages; 2 could not be compared.", 0),
        (Found(compared=40, unknown=2), "required", "2 could not be compared.", 1),
        (Found(("b 1.0: X, mended in 2.0",), 2), "", "  b 1.0: X, mended in 2.0", 1),
        (Found(trouble="the index cannot be reached"), "", "NOT compared, the index cannot be reached.", 0),
        (Found(trouble="the index cannot be reached"), "required", "NOT compared", 1),
    ],
)
def test_what_is_told_and_how_it_ends(found: Found, rule: str, text: str, code: int) -> None:
    said, ends = told(found, rule)
    assert text in said
    assert ends == code


def test_nobody_is_asked_when_it_is_switched_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARGINE_AUDIT", "off")
    monkeypatch.setattr(audit, "ask", lambda: pytest.fail("asked"))
    assert audit.main() == 0
    assert "NOT compared" in capsys.readouterr().out


def test_the_tool_answers_in_the_form_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, with its own index unreachable: the real tool, and one line."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setattr(audit, "TIMEOUT_S", 1)
    assert audit.ask().trouble
