from datetime import date
from importlib.resources import files

import pytest

from argine.law.errors import RegimeError
from argine.law.regime import ClockKind, CopiesRule, Element, Mark, Message, OnWhom, Regime, Required
from argine.law.schema import load_all, parse

REGIMES = load_all()
every_regime = pytest.mark.parametrize("regime", REGIMES.values(), ids=REGIMES)

US_FILE = "us-tida-s3.toml"
US_TEXT = (files("argine.law") / "regimes" / US_FILE).read_text(encoding="utf-8")

# What each published version of a file said, by the SHA-256 of its bytes. A row is added, never changed.
PUBLISHED = {
    ("eu-dsa-16", 1): "e6daad6105085cffb4589e766794a3d6c21c28951fe999ac0372ecad5aa66894",
    ("it-144bis", 1): "9337b0db4c7a6bff746f0ef9c5928f79b71c0d91a2cc0e73ce59baaf06638d84",
    ("uk-osa-10-3a", 1): "28a6d70161cde52ee00f0a03b15c30f8c4b38636842d7142827ece031b4221ce",
    ("us-tida-s3", 1): "86f2b39db6607bd01d2cfd54758596645abdd1744f77cf8963c1671cedf2b163",
}


def altered(old: str, new: str) -> bytes:
    assert old in US_TEXT
    return US_TEXT.replace(old, new, 1).encode()


# The files


def test_the_four_regimes_of_this_release_are_read() -> None:
    assert list(REGIMES) == ["eu-dsa-16", "it-144bis", "uk-osa-10-3a", "us-tida-s3"]


@every_regime
def test_a_regime_file_changes_only_together_with_its_version(regime: Regime) -> None:
    assert regime.digest == PUBLISHED[regime.id, regime.version]


@every_regime
def test_every_regime_speaks_both_languages_and_names_its_sources(regime: Regime) -> None:
    for words in (regime.title, regime.plain):
        assert words.en != words.it
    assert regime.sources
    assert regime.verified.on == date(2026, 11, 23)


@every_regime
def test_plain_words_are_a_few_short_sentences(regime: Regime) -> None:
    for text in (regime.plain.en, regime.plain.it):
        assert text.count(".") <= 2
        assert len(text.split()) <= 60


@every_regime
def test_no_element_is_listed_twice(regime: Regime) -> None:
    keys = [rule.key for rule in regime.elements]
    assert len(keys) == len(set(keys))


@every_regime
def test_nothing_shipped_needs_the_operators_yes(regime: Regime) -> None:
    assert not regime.verified.mark.needs_operators_yes


@pytest.mark.parametrize(
    ("regime_id", "hours", "kind", "on_whom", "copies", "in_force_from"),
    [
        ("us-tida-s3", 48, ClockKind.STATUTORY, OnWhom.PLATFORM, CopiesRule.IDENTICAL, "2026-05-19"),
        ("uk-osa-10-3a", 48, ClockKind.STATUTORY, OnWhom.PLATFORM, CopiesRule.SUBSTANTIALLY_SAME, "2026-06-29"),
        ("eu-dsa-16", None, ClockKind.INDICATIVE, OnWhom.PLATFORM, CopiesRule.NONE, "2024-02-17"),
        ("it-144bis", 48, ClockKind.AUTHORITY, OnWhom.AUTHORITY, CopiesRule.NONE, "2021-12"),
    ],
)
def test_each_regime_has_the_clock_and_copies_rule_of_its_law(
    regime_id: str, hours: int | None, kind: ClockKind, on_whom: OnWhom, copies: CopiesRule, in_force_from: str
) -> None:
    regime = REGIMES[regime_id]
    clock = regime.clock
    assert (clock.hours, clock.kind, clock.on_whom) == (hours, kind, on_whom)
    assert (regime.copies.rule, regime.in_force_from) == (copies, in_force_from)


ALL = {"where", "capacity", "no_consent", "good_faith", "contact"}


@pytest.mark.parametrize(
    ("regime_id", "required"),
    [
        ("us-tida-s3", ALL | {"signature"}),
        ("uk-osa-10-3a", ALL | {"nature"}),
        ("eu-dsa-16", {"where", "why_unlawful", "no_consent", "good_faith"}),
        ("it-144bis", set()),
    ],
)
def test_each_regime_requires_the_elements_of_its_law(regime_id: str, required: set[str]) -> None:
    rules = REGIMES[regime_id].elements
    assert {rule.key for rule in rules if rule.required is Required.REQUIRED} == required


def test_the_european_hours_are_said_not_to_be_law() -> None:
    regime = REGIMES["eu-dsa-16"]
    assert regime.hours == 48
    assert "no number of hours" in regime.plain.en
    assert "non fissa un numero di ore" in regime.plain.it


def test_the_hours_of_the_garante_are_said_not_to_bind_the_platform() -> None:
    regime = REGIMES["it-144bis"]
    assert regime.referral is not None
    assert "not the platform" in regime.plain.en
    assert "non per la piattaforma" in regime.plain.it


def test_only_the_european_uploader_must_get_a_statement_of_reasons() -> None:
    owed = [r.id for r in REGIMES.values() if Message.STATEMENT_OF_REASONS in {m.what for m in r.tell_uploader}]
    assert owed == ["eu-dsa-16"]


def test_european_appeals_stay_open_for_six_months() -> None:
    appeal = REGIMES["eu-dsa-16"].appeal
    assert appeal is not None
    assert appeal.months == 6


@pytest.mark.parametrize(
    ("day", "in_force"),
    [(date(2026, 6, 28), False), (date(2026, 6, 29), True), (date(2030, 1, 1), True)],
)
def test_a_duty_is_in_force_from_its_day(day: date, in_force: bool) -> None:
    assert REGIMES["uk-osa-10-3a"].in_force_on(day) is in_force


@pytest.mark.parametrize(("day", "in_force"), [(date(2021, 11, 30), False), (date(2021, 12, 1), True)])
def test_a_duty_known_only_to_the_month_is_in_force_from_the_first(day: date, in_force: bool) -> None:
    assert REGIMES["it-144bis"].in_force_on(day) is in_force


def test_a_law_that_is_only_enacted_is_never_in_force() -> None:
    regime = parse(US_FILE, altered('status = "in_force"', 'status = "enacted"'))
    assert not regime.in_force_on(date(2030, 1, 1))


@pytest.mark.parametrize(
    ("language", "text"), [("it", "it"), ("it-CH", "it"), ("IT", "it"), ("en", "en"), ("de", "en")]
)
def test_words_are_given_in_italian_or_else_english(language: str, text: str) -> None:
    title = REGIMES["us-tida-s3"].title
    assert title.in_language(language) == getattr(title, text)


# A slip of the pen


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version = 1", "", "us-tida-s3.toml: version: missing"),
        ("version = 1", "version = 0", "version: expected a whole number from 1"),
        ("version = 1", 'version = "1"', "version: expected int, got str"),
        ("version = 1", "version = true", "version: expected int, got bool"),
        ("version = 1", "version = 1\nnew = 2", "us-tida-s3.toml: new: unknown key"),
        ('jurisdiction = ["US"]', 'jurisdiction = ["usa"]', "jurisdiction: expected ISO country codes"),
        ('jurisdiction = ["US"]', "jurisdiction = [1]", "jurisdiction: expected a list of texts"),
        ('article = "section 3"', 'article = " "', "article: expected a text, got an empty one"),
        ('"2026-05-19"', '"May 2026"', "in_force_from: expected a day or month"),
        ('"2026-05-19"', '"2026-13-19"', "in_force_from: expected a day or month"),
        ('"2026-05-19"', '"2026-02-30"', "in_force_from: expected a day or month"),
        ('"2026-05-19"', '"2026"', "in_force_from: expected a day or month"),
        ('"2026-05-19"', '"20260519"', "in_force_from: expected a day or month"),
        ('"2026-05-19"', "2026-05-19", "in_force_from: expected str, got date"),
        ('status = "in_force"', 'status = "soon"', "status: expected one of in_force, enacted, got soon"),
        ('["depicted_person", ', '["friend", ', "who_may_report: expected one of"),
        ("records = []", 'records = ["a"]', "records: expected a list of tables"),
        ("hours = 48", "hours = -1", "us-tida-s3.toml: clock: hours: expected a whole number from 1"),
        ("hours = 48", "hours = 48.0", "clock: hours: expected int, got float"),
        ("hours = 48", "hours = 48\ndays = 2", "us-tida-s3.toml: clock: days: unknown key"),
        ("hours = 48", "", "us-tida-s3.toml: clock: a clock of the kind statutory has hours"),
        ('kind = "statutory"', 'kind = "indicative"', "clock: a clock of the kind indicative has hours unless"),
        ('kind = "statutory"', 'kind = "authority"', "clock: an authority's clock is on the authority"),
        ('on_whom = "platform"', 'on_whom = "authority"', "clock: an authority's clock is on the authority"),
        ("version = 1", "version = 1\nindicative_hours = 24", "indicative_hours: belongs to an indicative clock"),
        ('rule = "identical"', 'rule = "similar"', "us-tida-s3.toml: copies: rule: expected one of"),
        ('key = "where"', 'key = "somewhere"', r"us-tida-s3.toml: elements\[0\]: key: expected one of where"),
        ('key = "where"', 'key = "where"\nsize = 1', r"elements\[0\]: size: unknown key"),
        ("or_signals = false", 'or_signals = "no"', "or_signals: expected bool, got str"),
        ('mark = "V2"', 'mark = "V9"', "verified: mark: expected one of V1, V2, V3, M, got V9"),
        ("on = 2026-11-23", 'on = "2026-11-23"', "verified: on: expected date, got str"),
        ("on = 2026-11-23", "on = 2026-11-23T10:00:00Z", "verified: on: expected date, got datetime"),
        ("[title]\nen = ", "[title]\nde = ", "us-tida-s3.toml: title: en: missing"),
        ("[title]", '[title]\nde = "Recht"', "us-tida-s3.toml: title: de: unknown key"),
        ('id = "us-tida-s3"', 'id = "us-other"', "id: expected the file's own name, got us-other"),
        ("version = 1", "version = ", "us-tida-s3.toml: not TOML in UTF-8"),
    ],
)
def test_a_slip_of_the_pen_is_refused_by_file_and_key(old: str, new: str, message: str) -> None:
    with pytest.raises(RegimeError, match=message):
        parse(US_FILE, altered(old, new))


def test_a_file_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(RegimeError, match="not TOML in UTF-8"):
        parse(US_FILE, b"\xff" + US_TEXT.encode())


def test_the_digest_is_that_of_the_bytes() -> None:
    published = REGIMES["us-tida-s3"].digest
    assert parse(US_FILE, US_TEXT.encode()).digest == published
    assert parse(US_FILE, US_TEXT.encode() + b"\n").digest != published


@pytest.mark.parametrize(("mark", "needs"), [("V1", False), ("V2", False), ("V3", True), ("M", True)])
def test_second_hand_and_unconfirmed_facts_need_the_operators_yes(mark: str, needs: bool) -> None:
    assert Mark(mark).needs_operators_yes is needs


def test_only_an_address_can_be_replaced_by_signals() -> None:
    replaced = {(r.id, e.key) for r in REGIMES.values() for e in r.elements if e.or_signals}
    assert replaced == {("uk-osa-10-3a", Element.WHERE)}
