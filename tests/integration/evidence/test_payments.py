"""Payment addresses by their checksums, against the examples of each standard; with a slip of the pen it is none."""

import hashlib
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from argine.desk.evidence import finds, payments
from argine.desk.evidence.keccak import SHA3_PAD, keccak_256
from argine.desk.evidence.payments import Currency, Payment, find, judge

# From the standards and the projects' own documentation.
GOOD: list[tuple[Currency, str, bool]] = [
    ("BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", True),
    ("BTC", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", True),
    ("BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", True),
    ("BTC", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", True),
    ("BTC", "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", True),
    ("BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", True),
    ("ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", True),
    ("ETH", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", True),
    ("ETH", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", True),
    ("ETH", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb", True),
    ("ETH", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", False),
    ("ETH", "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED", False),
    (
        "XMR",
        "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
        True,
    ),
    (
        "XMR",
        "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",
        True,
    ),
    ("TRX", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", True),
]
BAD = [
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
    "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    # BIP 350: version 0 with the newer checksum, version 1 with the older one.
    "bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
    "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
    "bc1",
    "bc1gmk9yu",
    "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u",
    "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3B",
    "LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9",
    "",
]


@pytest.mark.parametrize(("currency", "address", "checked"), GOOD)
def test_the_examples_of_the_standards_are_known(currency: Currency, address: str, checked: bool) -> None:
    assert judge(address) == Payment(currency, address, checked)
    assert find(f"Send to ({address}), now.") == [Payment(currency, address, checked)]


@pytest.mark.parametrize("word", BAD)
def test_what_fails_its_checksum_is_none(word: str) -> None:
    assert judge(word) is None


@given(st.sampled_from([row for row in GOOD if row[2]]), st.data())
def test_one_letter_changed_is_noticed(row: tuple[Currency, str, bool], data: st.DataObject) -> None:
    _, address, _ = row
    place = data.draw(st.integers(3, len(address) - 1))
    letters = "0123456789abcdef" if address.startswith("0x") else string.ascii_letters + string.digits
    letter = data.draw(st.sampled_from(letters).filter(lambda one: one.lower() != address[place].lower()))
    changed = address[:place] + letter + address[place + 1 :]
    found = judge(changed)
    # Ethereum's sum has about 15 bits, so one slip in some thousands agrees with it; the others' have 30 and more.
    if row[0] != "ETH":
        assert found is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_search(text: str) -> None:
    for found in find(text):
        assert found.address in text
    finds.mails(text)
    finds.handles(text, [text])
    finds.times([text])


@given(st.text(payments.BASE58 + "0OIl", max_size=106))
def test_no_word_breaks_the_judgement(word: str) -> None:
    judge(word)


@given(st.binary(max_size=500))
@example(b"x" * 135)
@example(b"x" * 136)
def test_with_the_padding_of_the_standard_it_is_sha_3(data: bytes) -> None:
    assert keccak_256(data, SHA3_PAD) == hashlib.sha3_256(data).digest()


def test_the_older_padding_gives_what_the_currencies_use() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@pytest.mark.parametrize(
    ("text", "links", "found"),
    [
        ("by @name_1, @other.", [], ["@name_1", "@other"]),
        ("mail a@b.example", [], []),
        ("@user@instance.example", [], []),
        (
            "",
            ["https://t.me/leaker/12", "https://www.instagram.com/some.one/"],
            ["t.me/leaker", "instagram.com/some.one"],
        ),
        ("", ["https://x.com/share?x=1", "https://t.me/", "https://a.example/@x", "http://[::1"], []),
        ("", ["https://discord.gg/aBc"], ["discord.gg/aBc"]),
    ],
)
def test_accounts_are_found_in_words_and_links(text: str, links: list[str], found: list[str]) -> None:
    assert finds.handles(text, links) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to a.b+c@mail.example, or d@e.co.", ["a.b+c@mail.example", "d@e.co"]),
        ("a@b", []),
        ("twice a@b.example a@b.example", ["a@b.example"]),
    ],
)
def test_mail_addresses_are_found(text: str, found: list[str]) -> None:
    assert finds.mails(text) == found


def test_only_instants_and_days_count_as_times() -> None:
    given = ["2026-11-01", "2026-11-01T10:00:00+01:00", "yesterday", "11/01/2026", " 2026-11-01T10:00Z "]
    assert finds.times(given) == ["2026-11-01", "2026-11-01T10:00:00+01:00", "2026-11-01T10:00Z"]
