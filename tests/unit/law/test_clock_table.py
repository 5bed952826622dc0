"""The facts of the law's clock table, row by row, as the files have them."""

from datetime import date

import pytest
from tests.unit.law.facts_of_law import REGIMES

from argine.law.errors import RegimeError
from argine.law.regime import Regime
from argine.law.rules import switched_on
from argine.law.sources import all_sources
from argine.law.terms import ClockKind, Mark, Status

# regime: mark, on whom, start, hours, kind, copies, in force from, status
TABLE = """
us-tida-s3       | V2 | platform  | receipt           | 48 | statutory  | identical          | 2026-05-19 | in_force
uk-osa-10-3a     | V2 | platform  | receipt           | 48 | statutory  | substantially_same | 2026-06-29 | in_force
uk-osa-27-search | V2 | platform  | receipt           | 48 | statutory  | substantially_same | -          | unconfirmed
eu-dsa-16        | V2 | platform  | receipt           | -  | indicative | none               | 2024-02-17 | in_force
it-144bis        | V2 | authority | authority_receipt | 48 | authority  | by_hash            | 2021-12    | in_force
it-144bis-order  | V2 | platform  | order_receipt     | -  | ordered    | by_hash            | 2021-12    | in_force
in-rule-3-2-b    | V2 | platform  | receipt           | 2  | statutory  | not_stated         | 2026-02-20 | in_force
in-rule-3-1-d    | V2 | platform  | order_receipt     | 3  | statutory  | not_stated         | 2026-02-20 | in_force
au-osa-77        | V1 | platform  | order_given       | 24 | statutory  | not_stated         | -          | in_force
br-12976         | V3 | platform  | receipt           | 2  | statutory  | not_stated         | 2026-07-20 | in_force
br-mci-21        | M  | platform  | receipt           | -  | indicative | not_stated         | -          | in_force
kr-tba-22-5      | V3 | platform  | receipt           | -  | indicative | not_stated         | -          | in_force
ca-bc-iipa       | V3 | platform  | order_receipt     | -  | ordered    | not_stated         | -          | in_force
mx-olimpia       | V3 | platform  | order_receipt     | -  | ordered    | not_stated         | -          | in_force
eu-vaw-23        | V2 | platform  | order_receipt     | -  | ordered    | not_stated         | 2027-06    | enacted
eu-dsa-9-10      | M  | platform  | order_receipt     | -  | ordered    | not_stated         | 2024-02-17 | in_force
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
every_regime = pytest.mark.parametrize("regime", REGIMES.values(), ids=REGIMES)


def row_of(regime: Regime) -> list[str]:
    clock = regime.clock
    return [
        regime.id,
        regime.verified.mark,
        clock.on_whom,
        clock.start,
        str(clock.hours or "-"),
        clock.kind,
        regime.copies.rule,
        regime.in_force_from or "-",
        regime.status,
    ]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_the_file_says_what_the_table_says(row: list[str]) -> None:
    assert row_of(REGIMES[row[0]]) == row


def test_the_table_has_every_regime() -> None:
    assert {row[0] for row in ROWS} == set(REGIMES)


def test_the_operators_promise_is_there_for_one_regime_only() -> None:
    assert {key: regime.indicative_hours for key, regime in REGIMES.items() if regime.indicative_hours} == {
        "eu-dsa-16": 48
    }


@every_regime
def test_a_regime_nobody_checked_or_knows_in_force_needs_the_operators_yes(regime: Regime) -> None:
    needs = regime.verified.mark in {Mark.REPORTED, Mark.MEMORY} or regime.status is Status.UNCONFIRMED
    if needs:
        with pytest.raises(RegimeError, match=f"{regime.id} is ma"):
            switched_on([regime.id])
    assert switched_on([regime.id], {regime.id} if needs else set()) == (regime,)


def test_no_unchecked_statute_runs_without_a_yes() -> None:
    unchecked = [regime for regime in REGIMES.values() if regime.verified.mark.needs_operators_yes]
    statutes = [regime.id for regime in unchecked if regime.clock.kind is ClockKind.STATUTORY]
    assert statutes == ["br-12976"]
    for key in statutes:
        with pytest.raises(RegimeError, match="Accept it explicitly"):
            switched_on([key])


@every_regime
def test_each_source_is_listed_and_each_text_of_the_file_has_words(regime: Regime) -> None:
    assert {source.key for source in regime.sources} <= set(all_sources())
    clauses = (*regime.sanctions, *regime.exceptions, *regime.notes)
    assert all(clause.text.endswith(".") and clause.ref for clause in clauses)


@every_regime
def test_the_day_of_reading_is_a_day_of_the_past_when_it_was_written(regime: Regime) -> None:
    assert date(2026, 1, 1) <= regime.verified.on <= date(2026, 11, 23)


@every_regime
def test_no_part_of_an_unconfirmed_regime_is_marked_as_read_in_the_law(regime: Regime) -> None:
    parts = (*regime.elements, *regime.records, *regime.tell_reporter, *regime.tell_uploader, regime.copies)
    if regime.verified.mark is Mark.MEMORY:
        assert not any(part.mark is Mark.OFFICIAL for part in parts)
