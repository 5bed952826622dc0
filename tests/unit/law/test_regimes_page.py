"""The page of regimes says, row by row, what was read of each law: by what it is set going, until when, what, by whom.

The table below was written from the reading of the laws, not from the regimes' files: a slip in either is found here.
"""

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "regimes.md").read_text("utf-8")

# regime | set going by | on whom | from | how long | what is done | copies | mark | read in
READ = """
us-tida-s3       | notice   | platform  | receipt           | 48 h                       | remove                  | identical          | V2 | US1 US2 US3 US4 US5 MIN1
uk-osa-10-3a     | notice   | platform  | receipt           | 48 h                       | remove                  | substantially_same | V2 | UK1 UK2 UK3 UK4 MIN1
uk-osa-27-search | notice   | platform  | receipt           | 48 h                       | deindex                 | substantially_same | V2 | UK1 UK4
eu-dsa-16        | notice   | platform  | receipt           | no number; promise 48 h    | remove, disable_access  | none               | V2 | EU1 DSA-DB EU5
it-144bis        | referral | authority | authority_receipt | 48 h                       | remove, disable_access  | by_hash            | V2 | IT3 IT4
it-144bis-order  | order    | platform  | order_receipt     | no number                  | remove, disable_access  | by_hash            | V2 | IT3 IT4
in-rule-3-2-b    | notice   | platform  | receipt           | 2 h                        | remove, disable_access  | not_stated         | V2 | IN1-3
in-rule-3-1-d    | order    | platform  | order_receipt     | 3 h                        | remove, disable_access  | not_stated         | V2 | IN1-3
au-osa-77        | order    | platform  | order_given       | 24 h or longer as allowed  | remove                  | not_stated         | V1 | AU1
br-12976         | notice   | platform  | receipt           | 2 h                        | disable_access          | not_stated         | V3 | BR1-3
br-mci-21        | notice   | platform  | receipt           | no number                  | disable_access          | not_stated         | M  | BR1-3
kr-tba-22-5      | notice   | platform  | receipt           | no number                  | delete, disable_access  | not_stated         | V3 | KR1
ca-bc-iipa       | order    | platform  | order_receipt     | no number                  | remove, delete, deindex | not_stated         | V3 | CA1
mx-olimpia       | order    | platform  | order_receipt     | no number                  | disable_access          | not_stated         | V3 | MX1
eu-vaw-23        | order    | platform  | order_receipt     | no number                  | remove, disable_access  | not_stated         | V2 | EU6
eu-dsa-9-10      | order    | platform  | order_receipt     | no number                  | remove, disable_access  | not_stated         | M  | EU1 EU5
"""  # noqa: E501  # one row of the table, one line
ROWS = [[cell.strip() for cell in line.split("|")] for line in READ.strip().splitlines()]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def summary() -> dict[str, list[str]]:
    """The rows of the page's first table, by regime."""
    return {row[0].strip("`"): row[1:] for row in map(cells, re.findall(r"^\| `.*$", PAGE, re.MULTILINE))}


def section(regime: str) -> str:
    """The part of the page that is about one regime."""
    (found,) = [part for part in PAGE.split("\n## ") if f"| id, version | `{regime}`" in part]
    return found


def value(part: str, field: str) -> str:
    found = re.search(rf"^\| {field} \| (.*) \|$", part, re.MULTILINE)
    assert found is not None, field
    return found[1]


def sources(part: str) -> list[str]:
    table = part.partition("| source | what was taken from it |")[2]
    return [row[0] for row in map(cells, table.strip().splitlines()[1:]) if row[0]]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_the_page_says_what_was_read(row: list[str]) -> None:
    regime, trigger, on_whom, start, length, measures, copies, mark, read_in = row
    set_going, clock, kind, begins, copy_rule, _since, _status, page_mark = summary()[regime]
    assert [set_going, kind.rpartition(" on the ")[2], begins, clock] == [trigger, on_whom, start, length]
    assert [copy_rule, page_mark] == [copies, mark]
    part = section(regime)
    assert value(part, "measures") == measures
    assert sources(part) == read_in.split()
    assert re.fullmatch(rf"mark {mark}, 2026-\d\d-\d\d", value(part, "checked"))


def test_the_page_has_these_regimes_and_no_other() -> None:
    assert set(summary()) == {row[0] for row in ROWS}


def test_every_fact_of_the_page_that_has_a_mark_has_one_of_the_four() -> None:
    marks = re.findall(r"\| (\w+) \|$", PAGE, re.MULTILINE)
    assert {mark for mark in marks if re.fullmatch(r"V\d+|M", mark)} == {"V1", "V2", "V3", "M"}
