"""Payment addresses in a text, each with what its checksum says. One slip of the pen and the checksum fails.

Sources: Bitcoin base58check; BIP 173 and BIP 350 (bech32, bech32m); EIP-55 (Ethereum); CryptoNote's base58 in blocks
(Monero); TRON's base58check with the leading byte 0x41.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from argine.desk.evidence.keccak import keccak_256

Currency = Literal["BTC", "ETH", "XMR", "TRX"]

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BECH32_ENDS = {1: "bech32", 0x2BC830A3: "bech32m"}
GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
BTC_VERSIONS = frozenset({0x00, 0x05})
TRON_VERSION = 0x41
# Main network: an address, a sub-address, an address with a payment id.
XMR_TAGS = frozenset({18, 42, 19})
XMR_BLOCK, XMR_ENCODED_BLOCK = 8, 11
# Bytes that the last, shorter block stands for, by its characters.
XMR_LAST = {0: 0, 2: 1, 3: 2, 5: 3, 6: 4, 7: 5, 9: 6, 10: 7}
CHECK = 4
HASH_BYTES = 20
TAPROOT_BYTES = 32
LAST_VERSION = 16

WORD = re.compile(r"(?<![0-9A-Za-z])(?:0x[0-9A-Fa-f]{40}|[0-9A-Za-z]{25,106})(?![0-9A-Za-z])")
ETH = re.compile(r"0x[0-9A-Fa-f]{40}")
MOST_FOUND = 100


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment address. `checked`: its checksum holds; without, its way of writing has none (Ethereum, one case)."""

    currency: Currency
    address: str
    checked: bool


def find(text: str) -> list[Payment]:
    """The payment addresses in a text, each once, in order; what fails its checksum is none."""
    return list(dict.fromkeys(_found(text)))[:MOST_FOUND]


def _found(text: str) -> Iterator[Payment]:
    for match in WORD.finditer(text):
        payment = judge(match[0])
        if payment is not None:
            yield payment


def judge(word: str) -> Payment | None:
    """What a word is as a payment address, or None."""
    if ETH.fullmatch(word):
        return _ethereum(word)
    if _is_bech32(word):
        return Payment("BTC", word, checked=True)
    data = base58check(word)
    if data is not None and len(data) == HASH_BYTES + 1:
        if data[0] in BTC_VERSIONS:
            return Payment("BTC", word, checked=True)
        if data[0] == TRON_VERSION:
            return Payment("TRX", word, checked=True)
    return Payment("XMR", word, checked=True) if _is_monero(word) else None


def _ethereum(word: str) -> Payment | None:
    digits = word[2:]
    if digits in {digits.lower(), digits.upper()}:
        return Payment("ETH", word, checked=False)
    return Payment("ETH", word, checked=True) if digits == _mixed(digits) else None


def _mixed(digits: str) -> str:
    """EIP-55: a letter is large where the digest of the small ones has 8 or more at its place."""
    told = keccak_256(digits.lower().encode()).hex()
    return "".join(
        digit.upper() if int(mark, 16) >= 8 else digit  # noqa: PLR2004  # the top bit, as the source says
        for digit, mark in zip(digits.lower(), told, strict=False)
    )


def base58check(word: str) -> bytes | None:
    """The bytes of a word in base58check without the four of the checksum; None if it is none, or the sum fails."""
    data = _base58(word)
    if data is None or len(data) <= CHECK:
        return None
    body, check = data[:-CHECK], data[-CHECK:]
    return body if hashlib.sha256(hashlib.sha256(body).digest()).digest()[:CHECK] == check else None


def _base58(word: str) -> bytes | None:
    number = _number(word)
    if number is None:
        return None
    zeros = len(word) - len(word.lstrip(BASE58[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _number(word: str) -> int | None:
    number = 0
    for letter in word:
        digit = BASE58.find(letter)
        if digit < 0:
            return None
        number = number * len(BASE58) + digit
    return number


def _is_bech32(word: str) -> bool:
    """A witness address of the main network, with the checksum that its version asks for."""
    small = word.lower()
    if not small.startswith("bc1") or word not in {small, word.upper()}:
        return False
    values = [BECH32.find(letter) for letter in small[3:]]
    if min(values, default=-1) < 0 or len(values) <= CHECK + 2:
        return False
    kind = BECH32_ENDS.get(_polymod([3, 3, 0, 2, 3, *values]))  # "bc", spread out
    version, program = values[0], _bytes_of(values[1:-6])
    if kind is None or program is None or version > LAST_VERSION:
        return False
    fits = len(program) in {HASH_BYTES, TAPROOT_BYTES} if version == 0 else 2 <= len(program) <= 40  # noqa: PLR2004
    return fits and kind == ("bech32" if version == 0 else "bech32m")


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(GENERATORS):
            check ^= generator if top >> bit & 1 else 0
    return check


def _bytes_of(values: list[int]) -> bytes | None:
    """Groups of five bits as bytes; what is over must be less than a group, and zero."""
    number = 0
    for value in values:
        number = number << 5 | value
    over = len(values) * 5 % 8
    if over >= 5 or number & ((1 << over) - 1):  # noqa: PLR2004  # bits of a group
        return None
    return (number >> over).to_bytes(len(values) * 5 // 8, "big")


def _is_monero(word: str) -> bool:
    data = bytearray()
    for start in range(0, len(word), XMR_ENCODED_BLOCK):
        block = word[start : start + XMR_ENCODED_BLOCK]
        size = XMR_BLOCK if len(block) == XMR_ENCODED_BLOCK else XMR_LAST.get(len(block))
        number = _number(block)
        if size is None or number is None or number >> (8 * size):
            return False
        data += number.to_bytes(size, "big")
    # A tag, two keys, for some a payment id of 8 bytes, and the checksum.
    length = len(data) - CHECK
    fits = length == 65 + 8 * (data[0] == 19) if data else False  # noqa: PLR2004  # as the line above says
    return fits and data[0] in XMR_TAGS and keccak_256(bytes(data[:length]))[:CHECK] == data[length:]
