import json
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argine.merkle.canonical import MAX_DEPTH, MAX_INTEGER, canonical_json, parse_canonical_json
from argine.merkle.errors import MerkleError

texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4))


class Colour(StrEnum):
    RED = "red"


@given(values)
def test_every_value_is_read_back_the_same(value: object) -> None:
    assert parse_canonical_json(canonical_json(value)) == value


@given(st.dictionaries(texts, scalars))
def test_the_order_in_which_keys_were_written_does_not_matter(value: dict[str, object]) -> None:
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (-5, "-5"),
        ([], "[]"),
        ({}, "{}"),
        ((1, [2]), "[1,[2]]"),
        ({"b": 1, "a": {"d": False, "c": None}}, '{"a":{"c":null,"d":false},"b":1}'),
        ("è €", '"è €"'),
        ('"\\/\b\f\n\r\t', r'"\"\\/\b\f\n\r\t"'),
        ("\x00\x1f\x7f", '"\\u0000\\u001f\x7f"'),
        (Colour.RED, '"red"'),
        (MAX_INTEGER, "9007199254740991"),
    ],
)
def test_values_have_the_form_of_rfc_8785(value: object, expected: str) -> None:
    assert canonical_json(value) == expected.encode()


def test_keys_are_sorted_by_utf16_code_units() -> None:
    # The example of RFC 8785 section 3.2.3.
    keys = ["€", "\r", "\ufb33", "1", "😀", "\u0080", "ö"]
    ordered = json.loads(canonical_json(dict.fromkeys(keys, 0)))
    assert list(ordered) == ["\r", "1", "\u0080", "ö", "€", "😀", "\ufb33"]


def test_composed_and_decomposed_letters_stay_what_they_are() -> None:
    assert canonical_json("\u00e8") != canonical_json("e\u0300")


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        float("inf"),
        b"bytes",
        {1, 2},
        object(),
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        "\ud800",
    ],
)
def test_what_json_cannot_hold_exactly_is_refused(value: object) -> None:
    with pytest.raises(MerkleError, match="Expected"):
        canonical_json({"deep": [value]})


@pytest.mark.parametrize("key", [1, None, True, b"a", "\udc00"])
def test_a_key_that_is_not_text_is_refused(key: object) -> None:
    with pytest.raises(MerkleError, match="Expected text"):
        canonical_json({key: 1})


def test_an_entry_that_is_nested_too_deeply_is_refused() -> None:
    value: list[object] = []
    for _ in range(MAX_DEPTH + 1):
        value = [value]
    with pytest.raises(MerkleError, match="levels"):
        canonical_json(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1}\n',
        b'"\\u00e8"',
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"9" * 5000,
        b"[" * 100_000,
    ],
)
def test_another_spelling_or_no_json_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(MerkleError, match="Expected"):
        parse_canonical_json(data)
