"""What follows from each answer, the settings that say so, and the counts."""

from pathlib import Path

import pytest

from argine.connect.errors import ConnectError
from argine.connect.metrics import Metrics
from argine.connect.policy import Do, Fail, Judgement, Outcome, Reason, Rules, judge
from argine.connect.settings import Settings

GIVEN = {"address": "https://desk.example.org", "key": "argine_x", "fail": "closed"}
ACCEPT, REFUSE, ERROR = Judgement


@pytest.mark.parametrize("fail", Fail)
@pytest.mark.parametrize("review", Do)
@pytest.mark.parametrize("not_compared", Do)
def test_each_answer_has_its_judgement_whatever_is_set(fail: Fail, review: Do, not_compared: Do) -> None:
    rules = Rules(fail, review, not_compared)
    assert judge(Outcome.BLOCK, rules) is REFUSE
    assert judge(Outcome.ALLOW, rules) is ACCEPT
    assert judge(Outcome.REVIEW, rules) is (ACCEPT if review is Do.ACCEPT else REFUSE)
    for outcome in (Outcome.UNHASHABLE, Outcome.UNREADABLE):
        assert judge(outcome, rules) is (ACCEPT if not_compared is Do.ACCEPT else REFUSE)
    assert judge(Outcome.AWAY, rules) is {Fail.OPEN: ACCEPT, Fail.CLOSED: REFUSE, Fail.ERROR: ERROR}[fail]


def test_nothing_is_set_up_that_does_not_say_what_happens_when_the_desk_is_away() -> None:
    with pytest.raises(ConnectError, match=r"fail='open' lets it in unchecked"):
        Settings.read({"address": "https://desk.example.org", "key": "argine_x"})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"fail": "maybe"}, "fail is one of: open, closed"),
        ({"fail": "error"}, "clamd and ICAP"),
        ({"address": "desk.example.org"}, "should be like https"),
        ({"address": "http://desk.example.org"}, "Use https"),
        ({"address": "https://user@desk.example.org"}, "should be like https"),
        ({"key": ""}, "asks for a key"),
        ({"key": "two words"}, "This is no key"),
        ({"review": "hold"}, "review is one of: accept, refuse"),
        ({"timeout_s": "5"}, "timeout_s is a number"),
        ({"timeout_s": 0}, "timeout_s is a number"),
        ({"most_at_once": 0}, "most_at_once is a number"),
        ({"most_waiting": True}, "most_waiting is a number"),
        ({"banks": "removed"}, "banks is a list"),
        ({"timeout": 5}, "There is no setting 'timeout'"),
    ],
)
def test_a_wrong_setting_is_told_with_what_to_do(
    wrong: dict[str, object], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARGINE_KEY", raising=False)
    with pytest.raises(ConnectError, match=says) as caught:
        Settings.read({**GIVEN, **wrong})
    assert "two words" not in str(caught.value)


def test_settings_are_read_in_upper_case_too_with_the_key_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("argine_y\n")
    read = Settings.read(
        {"ADDRESS": "http://localhost:1", "KEY": f"@{tmp_path / 'key'}", "FAIL": "open", "MOST_FILE_MIB": 2}
    )
    assert (read.key, read.rules.fail, read.most_file_bytes) == ("argine_y", Fail.OPEN, 2 * 1024 * 1024)
    assert Settings.read({**GIVEN, "address": "http://10.0.0.7", "plain_http": True}).address.hostname == "10.0.0.7"
    assert Settings.read({**GIVEN, "fail": "error"}, knows_error=True).rules.fail is Fail.ERROR


def test_the_counts_are_such_that_prometheus_reads_them() -> None:
    metrics = Metrics("clamd")
    metrics.count(Outcome.BLOCK, Judgement.REFUSE, None, 0.02)
    metrics.count(Outcome.AWAY, Judgement.ACCEPT, Reason.LIMIT, 0.0)
    lines = metrics.text(3).splitlines()
    for line in (
        "# TYPE argine_connect_checks_total counter",
        'argine_connect_checks_total{connector="clamd",outcome="block"} 1',
        'argine_connect_checks_total{connector="clamd",outcome="allow"} 0',
        'argine_connect_judgements_total{connector="clamd",judgement="refuse"} 1',
        'argine_connect_away_total{connector="clamd",reason="limit"} 1',
        'argine_connect_inside{connector="clamd"} 3',
        'argine_connect_seconds_bucket{connector="clamd",le="0.01"} 1',
        'argine_connect_seconds_bucket{connector="clamd",le="0.025"} 2',
        'argine_connect_seconds_bucket{connector="clamd",le="+Inf"} 2',
        'argine_connect_seconds_sum{connector="clamd"} 0.020000',
        'argine_connect_seconds_count{connector="clamd"} 2',
    ):
        assert line in lines
