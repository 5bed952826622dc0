"""Orders of authorities: what each regime's order lacks, until when it runs, and what it has the platform do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.unit.law.facts_of_law import FRIDAY_EVENING, FULL, ORDER, ORDER_REGIMES, REGIMES, order_under

from argine.law.duties import of_notice, of_order
from argine.law.duty import DutyKind
from argine.law.facts import OrderFacts
from argine.law.regime import Regime
from argine.law.rules import clock_of_order, clocks, for_notices, may_order, missing_elements, missing_of_order
from argine.law.terms import ClockKind, Issuer, Message, Moment, OrderElement, Recipient, RecordClass, Status

AU, IN, IT, MX = (REGIMES[key] for key in ("au-osa-77", "in-rule-3-1-d", "it-144bis-order", "mx-olimpia"))
NEXT_DAY, IN_3_DAYS = (FRIDAY_EVENING + timedelta(days=days) for days in (1, 3))
every_order = pytest.mark.parametrize("regime", ORDER_REGIMES, ids=[regime.id for regime in ORDER_REGIMES])

# By regime: what an order is asked to state, who may give one, what it has the platform do.
TABLE = {
    "au-osa-77": ("where issuer reference", "regulator", "remove"),
    "ca-bc-iipa": ("issuer where measure", "tribunal", "remove delete deindex"),
    "eu-dsa-9-10": ("issuer legal_basis where reference", "competent_authority", "remove disable_access"),
    "eu-vaw-23": ("issuer legal_basis where reference", "competent_authority", "remove disable_access"),
    "in-rule-3-1-d": ("issuer where reference", "court government", "remove disable_access"),
    "it-144bis-order": ("where issuer measure reference", "regulator", "remove disable_access"),
    "mx-olimpia": ("where issuer", "prosecutor court", "disable_access"),
}


def test_the_table_has_every_order() -> None:
    assert {regime.id for regime in ORDER_REGIMES} == set(TABLE)


@every_order
@pytest.mark.parametrize("lacks", [None, *OrderElement])
def test_an_order_that_lacks_something_is_asked_for_it(regime: Regime, lacks: OrderElement | None) -> None:
    facts = replace(order_under(regime), elements=frozenset(OrderElement) - {lacks})
    expected = (lacks,) if lacks in TABLE[regime.id][0].split() else ()
    assert missing_of_order(facts, regime) == expected
    asked = [duty for duty in of_order(facts, regime).duties if duty.kind is DutyKind.ASK]
    assert [duty.what for duty in asked] == ([] if regime.status is Status.ENACTED else list(expected))
    assert all(duty.to is Recipient.AUTHORITY for duty in asked)


@every_order
def test_an_order_that_states_nothing_lacks_everything(regime: Regime) -> None:
    facts = replace(order_under(regime), elements=frozenset())
    assert list(missing_of_order(facts, regime)) == TABLE[regime.id][0].split()


@every_order
@pytest.mark.parametrize("issuer", Issuer)
def test_who_may_order(regime: Regime, issuer: Issuer) -> None:
    named = TABLE[regime.id][1].split()
    may = issuer in named or named == ["competent_authority"]
    facts = replace(ORDER, issuer=issuer, due_at=NEXT_DAY)
    assert may_order(facts, regime) is may
    if not may:
        assert clock_of_order(facts, regime) is None
        assert of_order(facts, regime).duties == ()


@every_order
def test_the_platform_does_what_the_law_names(regime: Regime) -> None:
    acts = [duty.what for duty in of_order(order_under(regime), regime).duties if duty.kind is DutyKind.ACT]
    assert acts == ([] if regime.status is Status.ENACTED else TABLE[regime.id][2].split())


@pytest.mark.parametrize(
    ("regime", "given_h", "own_h", "due_h"),
    [
        (AU, None, None, 24),
        (AU, -10, None, 14),
        (AU, 5, None, 24),
        (AU, None, 72, 72),
        (AU, None, 6, 6),
        (AU, -30, None, -6),
        (IN, None, None, 3),
        (IN, -10, None, 3),
        (IN, None, 72, 3),
        (IN, None, 1, 1),
        (IT, None, None, None),
        (IT, None, 12, 12),
        (IT, None, -5, 0),
        (MX, None, None, None),
        (MX, None, 2, 2),
    ],
    ids=lambda value: value.id if isinstance(value, Regime) else str(value),
)
def test_until_when_an_order_runs(regime: Regime, given_h: int | None, own_h: int | None, due_h: int | None) -> None:
    def at(hours: int | None) -> datetime | None:
        return None if hours is None else FRIDAY_EVENING + timedelta(hours=hours)

    due = clock_of_order(replace(order_under(regime), given_at=at(given_h), due_at=at(own_h)), regime)
    assert (due.due_at if due else None) == at(due_h)
    if due:
        assert (due.regime_id, due.regime_version) == (regime.id, regime.version)
        assert due.kind is (ClockKind.ORDERED if regime.hours is None else ClockKind.STATUTORY)


def test_the_list_of_duties_has_the_clock_and_the_measures_end_with_it() -> None:
    found = of_order(order_under(AU), AU)
    assert [due.due_at for due in found.clocks] == [NEXT_DAY]
    assert {duty.due_at for duty in found.duties if duty.kind is DutyKind.ACT} == {NEXT_DAY}


def test_a_directive_that_no_national_law_carries_out_yet_starts_nothing() -> None:
    regime = REGIMES["eu-vaw-23"]
    facts = replace(ORDER, received_at=datetime(2030, 1, 1, tzinfo=UTC), due_at=datetime(2030, 1, 3, tzinfo=UTC))
    assert clock_of_order(facts, regime) is None
    assert of_order(facts, regime).duties == ()
    assert clock_of_order(facts, replace(regime, status=Status.IN_FORCE)) is not None


def test_material_under_the_garantes_order_stays_with_the_host() -> None:
    kept = [duty for duty in of_order(order_under(IT), IT).duties if duty.kind is DutyKind.PRESERVE]
    assert [(duty.what, duty.to, duty.moments) for duty in kept] == [
        (RecordClass.ORDERED_MATERIAL, Recipient.HOST, (Moment.RECEIVED,))
    ]
    assert "by_hash" in {duty.what for duty in of_order(order_under(IT), IT).duties}


def test_the_mexican_user_is_told_of_the_order_and_no_other_uploader_is() -> None:
    told = {regime.id: of_order(order_under(regime), regime).to(Recipient.UPLOADER) for regime in ORDER_REGIMES}
    assert {key for key, duties in told.items() if duties} == {"mx-olimpia"}
    (duty,) = told["mx-olimpia"]
    assert (duty.what, duty.moments) == (Message.ORDER_NOTICE, (Moment.REMOVED,))
    assert of_order(order_under(MX), MX).must_tell_uploader(Moment.REMOVED)


def test_an_order_about_somebody_under_18_runs_and_warns_nobody() -> None:
    found = of_order(replace(order_under(MX), depicted_under_18=True, due_at=NEXT_DAY), MX)
    assert [due.due_at for due in found.clocks] == [NEXT_DAY]
    (quiet,) = found.to(Recipient.UPLOADER)
    assert quiet.kind is DutyKind.SAY_NOTHING
    assert not found.must_tell_uploader(Moment.REMOVED)


@every_order
def test_an_order_regime_makes_nothing_of_a_notice(regime: Regime) -> None:
    assert clocks(FULL, [regime]) == ()
    assert missing_elements(FULL, regime) == ()
    assert of_notice(FULL, [regime]).duties == ()
    assert for_notices([regime]) == ()


@pytest.mark.parametrize("regime_id", ["us-tida-s3", "it-144bis"])
def test_a_notice_regime_makes_nothing_of_an_order(regime_id: str) -> None:
    regime = REGIMES[regime_id]
    assert clock_of_order(ORDER, regime) is None
    assert missing_of_order(ORDER, regime) == ()
    assert of_order(ORDER, regime).duties == ()


@pytest.mark.parametrize("key", ["received_at", "given_at", "due_at"])
def test_a_time_that_is_not_in_utc_is_refused(key: str) -> None:
    times = {"received_at": FRIDAY_EVENING, key: datetime(2026, 11, 20, tzinfo=timezone(timedelta(hours=1)))}
    with pytest.raises(ValueError, match="UTC"):
        OrderFacts(frozenset(), Issuer.COURT, **times)
