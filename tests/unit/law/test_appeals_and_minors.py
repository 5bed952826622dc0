from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.unit.law.facts_of_law import FULL, MINOR, REGIMES

from argine.law.appeals import open_until, windows
from argine.law.duties import of_notice
from argine.law.duty import DutyKind
from argine.law.minors import outcome, preservation
from argine.law.routes import Audience, routes_for
from argine.law.rules import missing_elements
from argine.law.terms import Appellant, Element, Mark, Message, Moment, Recipient, RecordClass

ALL = tuple(REGIMES.values())
DECIDED = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
IN_SIX_MONTHS = datetime(2027, 5, 20, 18, 30, tzinfo=UTC)

# Appeals: outcome, small | (regime, until, goes first)


@pytest.mark.parametrize(
    ("result", "small", "expected"),
    [
        (Moment.REMOVED, False, [("eu-dsa-16", IN_SIX_MONTHS, False), ("uk-osa-10-3a", None, False)]),
        (Moment.REMOVED, True, [("uk-osa-10-3a", None, False)]),
        (Moment.REFUSED, False, [("uk-osa-10-3a", None, True), ("eu-dsa-16", IN_SIX_MONTHS, False)]),
        (Moment.REFUSED, True, [("uk-osa-10-3a", None, True)]),
        (Moment.RECEIVED, False, []),
        (Moment.APPEALED, False, []),
    ],
)
def test_until_when_a_decision_may_be_challenged(
    result: Moment, small: bool, expected: list[tuple[str, datetime | None, bool]]
) -> None:
    found = windows(DECIDED, result, ALL, service_is_small=small)
    assert [(one.basis.regime_id, one.until, one.expedited) for one in found] == expected
    who = Appellant.UPLOADER if result is Moment.REMOVED else Appellant.REPORTER
    assert {one.who for one in found} <= {who}
    assert all(one.another_reviewer for one in found)


def test_the_last_day_for_an_appeal_is_that_of_the_longest_law() -> None:
    assert open_until(windows(DECIDED, Moment.REMOVED, ALL), Appellant.UPLOADER) == IN_SIX_MONTHS
    assert open_until(windows(DECIDED, Moment.REMOVED, ALL), Appellant.REPORTER) is None
    british = windows(DECIDED, Moment.REFUSED, [REGIMES["uk-osa-10-3a"]])
    assert open_until(british, Appellant.REPORTER) is None


def test_a_law_not_yet_in_force_opens_no_appeal() -> None:
    assert windows(datetime(2024, 1, 1, tzinfo=UTC), Moment.REMOVED, ALL) == ()


def test_the_time_of_a_decision_is_in_utc() -> None:
    with pytest.raises(ValueError, match="UTC"):
        windows(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2))), Moment.REMOVED, ALL)


def test_an_appeal_that_a_law_opens_to_the_uploader_only_is_not_the_reporters() -> None:
    regime = REGIMES["eu-dsa-16"]
    assert regime.appeal is not None
    narrow = replace(regime, appeal=replace(regime.appeal, who=(Appellant.UPLOADER,)))
    opened = [duty.what for duty in of_notice(FULL, [narrow]).duties if duty.kind is DutyKind.OPEN_APPEAL]
    assert opened == [Appellant.UPLOADER]
    assert windows(DECIDED, Moment.REFUSED, [narrow]) == ()


# Minors: the flow stops


@pytest.mark.parametrize("regime", ALL, ids=REGIMES)
@pytest.mark.parametrize("elements", [(), tuple(Element)], ids=["nothing", "everything"])
def test_about_somebody_under_18_nothing_runs_and_nothing_is_asked(
    regime: object, elements: tuple[Element, ...]
) -> None:
    facts = replace(MINOR, elements=frozenset(elements), reported_to_authority_at={"it-144bis": DECIDED})
    found = of_notice(facts, [regime])  # type: ignore[list-item]  # parametrised
    assert found.clocks == ()
    assert found.missing == {}
    assert missing_elements(facts, regime) == ()  # type: ignore[arg-type]  # parametrised
    assert {duty.moments for duty in found.duties} == {(Moment.UNDER_18,)}
    assert [duty.kind for duty in found.duties[:2]] == [DutyKind.LEAD_AWAY, DutyKind.SAY_NOTHING]


def test_what_remains_is_to_lead_away_to_keep_quiet_and_the_providers_own_duties() -> None:
    duties = of_notice(MINOR, ALL).duties
    assert {(duty.kind, duty.what, duty.to, duty.basis.regime_id) for duty in duties} == {
        (DutyKind.LEAD_AWAY, "routes", Recipient.REPORTER, None),
        (DutyKind.SAY_NOTHING, "", Recipient.UPLOADER, None),
        (DutyKind.TELL, Message.MINOR_REPORT, Recipient.AUTHORITY, "us-tida-s3"),
        (DutyKind.TELL, Message.MINOR_REPORT, Recipient.AUTHORITY, "uk-osa-10-3a"),
        (DutyKind.PRESERVE, RecordClass.MINOR_CONTENT, Recipient.HOST, "us-tida-s3"),
        (DutyKind.PRESERVE, RecordClass.MINOR_CONTENT, Recipient.HOST, "uk-osa-10-3a"),
        (DutyKind.PRESERVE, RecordClass.MINOR_REFERENCE, Recipient.HOST, "uk-osa-10-3a"),
    }


def test_the_rule_of_silence_is_not_said_to_be_law() -> None:
    (quiet,) = of_notice(MINOR, ALL).to(Recipient.UPLOADER)
    assert quiet.basis.mark is Mark.MEMORY


@pytest.mark.parametrize("country", [None, "IT", "GB", "JP"])
def test_the_person_is_led_to_those_of_their_country(country: str | None) -> None:
    found = outcome(replace(MINOR, country=country), ALL)
    assert found.routes == routes_for(Audience.MINOR, country)
    assert {one.starts_at for one in found.preserve} == {None}


def test_the_obligation_says_who_holds_what_from_when_until_when() -> None:
    found = preservation(ALL, DECIDED)
    assert {(one.basis.regime_id, one.record, one.ends_at, one.held_by) for one in found} == {
        ("us-tida-s3", RecordClass.MINOR_CONTENT, datetime(2027, 11, 20, 18, 30, tzinfo=UTC), Recipient.HOST),
        ("uk-osa-10-3a", RecordClass.MINOR_CONTENT, datetime(2027, 11, 20, 18, 30, tzinfo=UTC), Recipient.HOST),
        ("uk-osa-10-3a", RecordClass.MINOR_REFERENCE, datetime(2031, 11, 20, 18, 30, tzinfo=UTC), Recipient.HOST),
    }
    assert all(one.starts_at == DECIDED for one in found)


def test_only_a_notice_about_somebody_under_18_stops() -> None:
    with pytest.raises(ValueError, match="under 18"):
        outcome(FULL, ALL)


def test_every_regime_says_what_happens_about_minors() -> None:
    assert all(regime.minors_rule for regime in ALL)
