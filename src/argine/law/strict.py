"""A strict reader of TOML tables: each key is asked for once, by type; what is left over is an error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from argine.law.errors import RegimeError

_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")

_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Words:
    """One text for people, in each language that Argine speaks."""

    en: str
    it: str

    def in_language(self, language: str) -> str:
        """Return the text for a language tag such as `it` or `it-CH`; English for any other language."""
        return self.it if language.lower().partition("-")[0] == "it" else self.en


class Table:
    """One TOML table of one file. Every reader raises `RegimeError`, naming file and key."""

    def __init__(self, place: str, values: Mapping[str, object]) -> None:
        """Wrap the values; `place` is the file's name, and the path of the table in it."""
        self._place = place
        self._left = dict(values)

    def text(self, key: str) -> str:
        return self._filled(key, self._take(key, str))

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if key in self._left else None

    def positive(self, key: str) -> int:
        number = self._take(key, int)
        if number < 1:
            raise self.error(key, f"expected a whole number from 1, got {number}")
        return number

    def optional_positive(self, key: str) -> int | None:
        return self.positive(key) if key in self._left else None

    def flag(self, key: str) -> bool:
        return self._take(key, bool)

    def optional_flag(self, key: str) -> bool:
        """Read a yes or no; an absent key says no."""
        return key in self._left and self.flag(key)

    def day(self, key: str) -> date:
        return self._take(key, date)

    def choice(self, key: str, options: type[_E]) -> _E:
        return self._choose(key, self.text(key), options)

    def optional_choice(self, key: str, options: type[_E]) -> _E | None:
        return self.choice(key, options) if key in self._left else None

    def choices(self, key: str, options: type[_E]) -> tuple[_E, ...]:
        return tuple(self._choose(key, word, options) for word in self.texts(key))

    def texts(self, key: str) -> tuple[str, ...]:
        items = self._take(key, list)
        if not all(isinstance(item, str) for item in items):
            raise self.error(key, "expected a list of texts")
        return tuple(self._filled(key, item) for item in items)

    def countries(self, key: str) -> tuple[str, ...]:
        codes = self.texts(key)
        if not all(_COUNTRY.fullmatch(code) for code in codes):
            raise self.error(key, "expected ISO country codes of two capital letters")
        return codes

    def words(self, key: str) -> Words:
        table = self.table(key)
        words = Words(en=table.text("en"), it=table.text("it"))
        table.close()
        return words

    def table(self, key: str) -> "Table":
        return Table(f"{self._place}: {key}", self._take(key, dict))

    def optional_table(self, key: str) -> "Table | None":
        return self.table(key) if key in self._left else None

    def tables(self, key: str) -> list["Table"]:
        items = self._take(key, list)
        if not all(isinstance(item, dict) for item in items):
            raise self.error(key, "expected a list of tables")
        return [Table(f"{self._place}: {key}[{place}]", item) for place, item in enumerate(items)]

    def close(self) -> None:
        """Refuse keys that nobody asked for: a slip of the pen must not silently change the law."""
        if self._left:
            raise self.error(min(self._left), "unknown key")

    def error(self, key: str, fault: str) -> RegimeError:
        return RegimeError(f"{self._place}: {key}: {fault}.")

    def _take(self, key: str, kind: type[_T]) -> _T:
        if key not in self._left:
            raise self.error(key, "missing")
        value = self._left.pop(key)
        # In Python True is an int and a datetime is a date; in a law file they are not.
        if not isinstance(value, kind) or (isinstance(value, (bool, datetime)) and type(value) is not kind):
            raise self.error(key, f"expected {kind.__name__}, got {type(value).__name__}")
        return value

    def _filled(self, key: str, text: str) -> str:
        if not text.strip():
            raise self.error(key, "expected a text, got an empty one")
        return text

    def _choose(self, key: str, word: str, options: type[_E]) -> _E:
        if word not in {option.value for option in options}:
            raise self.error(key, f"expected one of {', '.join(options)}, got {word}")
        return options(word)
