from datetime import date
from importlib.resources import files

import pytest

from argine.desk.config import DEFAULT_REGIMES
from argine.law.errors import RegimeError
from argine.law.regime import ClockKind, CopiesRule, Element, Mark, Message, OnWhom, Regime, Required
from argine.law.schema import load_all, parse

REGIMES = load_all()
every_regime = pytest.mark.parametrize("regime", REGIMES.values(), ids=REGIMES)

US_FILE = "us-tida-s3.toml"
US_TEXT = (files("argine.law") / "regimes" / US_FILE).read_text(encoding="utf-8")

# What each published version of a file said, by the SHA-256 of its bytes. A row is added, never changed.
PUBLISHED = {
    ("au-osa-77", 1): "3debeb875f72f1137fc4a26ff966133413141a80306e7355dd740bf2675cd5d3",
    ("br-12976", 1): "fa4f3b36d74f39c1e458129c50612c264cc005339a8a7417220dd7edd04dbb9c",
    ("br-mci-21", 1): "a1732f0ecf74b98d40b42ccc7023d1ec496bf940b55c3e33788fc649b12667e6",
    ("ca-bc-iipa", 1): "d38d1efddad45636710cbe9990443c0f65777aacaf24c087216eb60c83d9dfa2",
    ("eu-dsa-16", 1): "e6daad6105085cffb4589e766794a3d6c21c28951fe999ac0372ecad5aa66894",
    ("eu-dsa-16", 2): "58e466a2e8985c8189db1e13dc601325cb67cecf5b52083c20631454a39c68db",
    ("eu-dsa-9-10", 1): "f579e598cfc93365a987b1e80bb0628eee395bb52701acd1ad24372bc4f288ba",
    ("eu-vaw-23", 1): "98ec9fc9923d47f0052b16294bc40b43cf7176b87c42b488a4065aa616c6c474",
    ("in-rule-3-1-d", 1): "c62dd405280f1b204ad7834b655cfea57a58bbb10c2b67b28a036aeb713264f0",
    ("in-rule-3-2-b", 1): "8db67baca314503ac80cfe5a6b3067880200eb5ecbf4014d4ae2f3cadc0cce7b",
    ("it-144bis", 1): "9337b0db4c7a6bff746f0ef9c5928f79b71c0d91a2cc0e73ce59baaf06638d84",
    ("it-144bis", 2): "7c8accd87560cbadaaa2e48a6ace4e558f3f9df3908b34e1a92b85ce84d10ad6",
    ("it-144bis-order", 1): "41f328d1f39b38de94d0d47a19703b14a7c36eccd5d282412021030ebac7af07",
    ("kr-tba-22-5", 1): "ca1e60be73f96007927131f2f5b017bea96981842a8d2e1c476de9dd801e253c",
    ("mx-olimpia", 1): "2c9e7d19c7a4372cf384a23dd2da4c51d259241ed32aba8cb8e86220e63287e5",
    ("uk-osa-10-3a", 1): "28a6d70161cde52ee00f0a03b15c30f8c4b38636842d7142827ece031b4221ce",
    ("uk-osa-10-3a", 2): "ff492428e3a8490dcb8943fe0a852f198972ae80eeeb5c990bf4e36c5f52c822",
    ("uk-osa-27-search", 1): "0617ff61331f96e97fc08d9e5e9771f6fe829023fc2cc48a75af984646a0217f",
    ("us-tida-s3", 1): "86f2b39db6607bd01d2cfd54758596645abdd1744f77cf8963c1671cedf2b163",
    ("us-tida-s3", 2): "6cd3818b2cd9d4dc75a5cc8679a53a9164e5bab0bbecae39e40941f8050df1e6",
}


def altered(old: str, new: str) -> bytes:
    assert old in US_TEXT
    return US_TEXT.replace(old, new, 1).encode()


# The files


def test_every_regime_of_this_release_is_read() -> None:
    assert " ".join(REGIMES) == (
        "au-osa-77 br-12976 br-mci-21 ca-bc-iipa eu-dsa-16 eu-dsa-9-10 eu-vaw-23 in-rule-3-1-d in-rule-3-2-b "
        "it-144bis it-144bis-order kr-tba-22-5 mx-olimpia uk-osa-10-3a uk-osa-27-search us-tida-s3"
    )


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


@pytest.mark.parametrize("regime_id", DEFAULT_REGIMES)
def test_nothing_that_runs_by_default_needs_the_operators_yes(regime_id: str) -> None:
    assert not REGIMES[regime_id].needs_operators_yes


@pytest.mark.parametrize(
    ("regime_id", "hours", "kind", "on_whom", "copies", "in_force_from"),
    [
        ("us-tida-s3", 48, ClockKind.STATUTORY, OnWhom.PLATFORM, CopiesRule.IDENTICAL, "2026-05-19"),
        ("uk-osa-10-3a", 48, ClockKind.STATUTORY, OnWhom.PLATFORM, CopiesRule.SUBSTANTIALLY_SAME, "2026-06-29"),
        ("eu-dsa-16", None, ClockKind.INDICATIVE, OnWhom.PLATFORM, CopiesRule.NONE, "2024-02-17"),
        ("it-144bis", 48, ClockKind.AUTHORITY, OnWhom.AUTHORITY, CopiesRule.BY_HASH, "2021-12"),
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
        ("version = 2", "", "us-tida-s3.toml: version: missing"),
        ("version = 2", "version = 0", "version: expected a whole number from 1"),
        ("version = 2", 'version = "1"', "version: expected int, got str"),
        ("version = 2", "version = true", "version: expected int, got bool"),
        ("version = 2", "version = 2\nnew = 2", "us-tida-s3.toml: new: unknown key"),
        ('jurisdiction = ["US"]', 'jurisdiction = ["usa"]', "jurisdiction: expected ISO country codes"),
        ('jurisdiction = ["US"]', "jurisdiction = [1]", "jurisdiction: expected a list of texts"),
        ('article = "section 3"', 'article = " "', "article: expected a text, got an empty one"),
        ('"2026-05-19"', '"May 2026"', "in_force_from: expected a day or month"),
        ('"2026-05-19"', '"2026-13-19"', "in_force_from: expected a day or month"),
        ('"2026-05-19"', '"2026-02-30"', "in_force_from: expected a day or month"),
        ('"2026-05-19"', '"2026"', "in_force_from: expected a day or month"),
        ('"2026-05-19"', '"20260519"', "in_force_from: expected a day or month"),
        ('"2026-05-19"', "2026-05-19", "in_force_from: expected str, got date"),
        ('status = "in_force"', 'status = "soon"', "status: expected one of in_force, enacted, unconfirmed, got soon"),
        ('["depicted_person", ', '["friend", ', "who_may_report: expected one of"),
        ("tell_database = []", 'tell_database = ["a"]', "tell_database: expected a list of tables"),
        ("hours = 48", "hours = -1", "us-tida-s3.toml: clock: hours: expected a whole number from 1"),
        ("hours = 48", "hours = 48.0", "clock: hours: expected int, got float"),
        ("hours = 48", "hours = 48\ndays = 2", "us-tida-s3.toml: clock: days: unknown key"),
        ('trigger = "notice"', 'trigger = "letter"', "trigger: expected one of notice, order, referral, got letter"),
        ('trigger = "notice"', 'trigger = "order"', "clock: a regime set going by order does not start with receipt"),
        ("hours = 48", "hours = 48\nlonger_if_allowed = true", "clock: only an order gives hours of its own"),
        (
            "[copies]",
            '[order]\nissuers = ["court"]\nnote = "x"\nelements = []\n\n[copies]',
            "order: belongs to a regime",
        ),
        ('key = "US1"', 'key = "US99"', r"sources\[0\]: key: expected a key of sources.toml, got US99"),
        ('when = ["received"]', 'when = ["yesterday"]', r"tell_reporter\[0\]: when: expected one of received"),
        ('force = "guidance"', 'force = "custom"', r"tell_reporter\[0\]: force: expected one of law, guidance"),
        ('kind = "minor_content"', 'kind = "diary"', r"records\[0\]: kind: expected one of case_file"),
        ('counted_from = "minor_report"', 'counted_from = "x"', r"records\[0\]: counted_from: expected one of"),
        ("months = 12", "months = 0", r"records\[0\]: months: expected a whole number from 1"),
        ('["depicted_person", "representative"]', '["depicted_person", 7]', "who_may_report: expected a list of texts"),
        ("hours = 48", "", "us-tida-s3.toml: clock: a clock of the kind statutory has hours"),
        ('kind = "statutory"', 'kind = "indicative"', "clock: a clock of the kind indicative has hours unless"),
        ('kind = "statutory"', 'kind = "authority"', "clock: an authority's clock is on the authority"),
        ('on_whom = "platform"', 'on_whom = "authority"', "clock: an authority's clock is on the authority"),
        ("version = 2", "version = 2\nindicative_hours = 24", "indicative_hours: belongs to an indicative clock"),
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
        ("version = 2", "version = ", "us-tida-s3.toml: not TOML in UTF-8"),
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
    assert replaced == {("uk-osa-10-3a", Element.WHERE), ("uk-osa-27-search", Element.WHERE)}


def test_a_regime_without_a_source_is_refused() -> None:
    text = US_TEXT[: US_TEXT.index("[[sources]]")] + US_TEXT[US_TEXT.index("[verified]") :]
    with pytest.raises(RegimeError, match="sources: expected at least one"):
        parse(US_FILE, text.replace("tell_database = []", "tell_database = []\nsources = []").encode())


def test_an_order_has_no_elements_of_a_notice() -> None:
    name = "au-osa-77.toml"
    text = (files("argine.law") / "regimes" / name).read_text(encoding="utf-8")
    element = '[{ key = "where", required = "required", or_signals = false, ref = "x", note = "x" }]'
    with pytest.raises(RegimeError, match="elements: an order has elements of its own"):
        parse(name, text.replace("elements = []", f"elements = {element}", 1).encode())
    with pytest.raises(RegimeError, match="order: belongs to a regime that an order sets going"):
        parse(name, (text[: text.index("[order]")] + text[text.index("[[records]]") :]).encode())
