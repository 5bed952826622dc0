"""Translations without GNU gettext: find what is to be translated, bring the catalogues up to date, compile them.

`python -m tools.catalogs` writes; with `--check` it changes nothing and fails when something is missing or stale.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
DESK = ROOT / "src" / "argine" / "desk"
LOCALES = ("it",)
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "_t": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def _sources() -> Iterator[tuple[Path, bytes]]:
    """Every file that may hold text for people, as Python source."""
    for path in sorted(DESK.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_bytes()
    for path in sorted((DESK / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield path, templatize(path.read_text(encoding="utf-8")).encode()


def template() -> Catalog:
    """All texts to be translated, as the source has them now."""
    catalog = Catalog(project="Argine", charset="utf-8", fuzzy=False)
    for path, source in _sources():
        for line, message, comments, context in extract("python", BytesIO(source), keywords=KEYWORDS):
            catalog.add(
                message,
                locations=[(str(path.relative_to(ROOT)), line)],
                auto_comments=comments,
                context=context,
            )
    return catalog


def _po(locale: str) -> Path:
    return DESK / "locale" / locale / "LC_MESSAGES" / "django.po"


def _read(locale: str) -> Catalog:
    path = _po(locale)
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def _compiled(catalog: Catalog) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def _key(message: object) -> tuple[str | None, str]:
    identity = message.id  # type: ignore[attr-defined]  # Babel's Message
    return message.context, identity if isinstance(identity, str) else identity[0]  # type: ignore[attr-defined]


def problems(locale: str, wanted: Catalog) -> Iterator[str]:
    """What keeps a locale from being complete."""
    catalog = _read(locale)
    have = {_key(message): message for message in catalog if message.id}
    for message in wanted:
        if not message.id:
            continue
        found = have.pop(_key(message), None)
        strings = (
            (found.string,) if found is not None and isinstance(found.string, str) else getattr(found, "string", ())
        )
        if found is None or not strings or not all(strings) or found.fuzzy:
            place = ":".join(map(str, message.locations[0]))
            yield f"{locale}: not translated: {_key(message)[1]!r} ({place})"
    yield from (f"{locale}: no longer used: {identity!r}" for _, identity in have)
    mo = _po(locale).with_suffix(".mo")
    if not mo.exists() or mo.read_bytes() != _compiled(catalog):
        yield f"{locale}: {mo.name} is stale: run ./dev docs"


def write(locale: str, wanted: Catalog) -> None:
    """Bring a locale's catalogue up to date with the source and compile it. Translations are never guessed."""
    catalog = _read(locale)
    catalog.update(wanted, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    path = _po(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, no_location=True, omit_header=False)
    path.with_suffix(".mo").write_bytes(_compiled(_read(locale)))


def main() -> int:
    wanted = template()
    if "--check" not in sys.argv:
        for locale in LOCALES:
            write(locale, wanted)
    found = [problem for locale in LOCALES for problem in problems(locale, wanted)]
    print("\n".join(found) or f"Translations are complete: {len(wanted)} texts, {', '.join(LOCALES)}.")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
