import pytest
from tests.unit.law.facts_of_law import REGIMES

from argine.law.errors import RegimeError
from argine.law.sources import all_sources, parse

KEYS = (
    "US1 US2 US3 US4 US5 US6 US7 UK1 UK2 UK3 UK4 UK5 EU1 DSA-DB EU5 EU6 EU8 EU9 IT1 IT2 IT3 IT4 IT5 AU1 IN1-3 KR1 "
    "BR1-3 CA1 MX1 MIN1 MIN2 HASH STD"
)
ENTRY = '[[sources]]\nkey = "A"\ntitle = "A law."\n'


def test_the_list_is_that_of_the_research() -> None:
    assert " ".join(all_sources()) == KEYS


@pytest.mark.parametrize("title", all_sources().values())
def test_a_title_names_a_text_and_no_stored_copy(title: str) -> None:
    assert title.endswith(".")
    assert "file id" not in title
    assert "://" not in title


def test_no_source_is_named_twice_by_one_regime() -> None:
    for regime in REGIMES.values():
        keys = [source.key for source in regime.sources]
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY + ENTRY, r"sources\[1\]: key: A is listed twice"),
        (ENTRY + "id = 3\n", r"sources.toml: sources\[0\]: id: unknown key"),
        (ENTRY.replace('"A law."', '""'), "title: expected a text"),
        (ENTRY.replace('key = "A"', ""), "key: missing"),
        ("x = 1\n" + ENTRY, "sources.toml: x: unknown key"),
        ("[[sources", "sources.toml: not TOML"),
    ],
)
def test_a_slip_of_the_pen_is_refused(text: str, message: str) -> None:
    with pytest.raises(RegimeError, match=message):
        parse(text.encode())
