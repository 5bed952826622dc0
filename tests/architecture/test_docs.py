"""What the documentation names exists: pages, settings, commands, addresses, files, tests. Code in it can be read."""

import ast
import importlib.util
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import click
import pytest
from django.urls import Resolver404, resolve
from tools.docs import PAGES, settings

from argine import __version__
from argine.cli.main import COMMANDS
from argine.cli.main import main as argine
from argine.desk.api.urls import api
from argine.desk.config import Config
from argine.desk.config_rules import variable

ROOT = Path(__file__).parents[2]
ADRS = ROOT / "docs" / "adr"
NOT_WRITTEN = {"node_modules", "dist", "build", "htmlcov", "test-results", "data", "data-demo"}

# Links may lead to what `./dev docs` makes, made or not.
MADE = {f"docs/reference/{name}" for name in PAGES}

# Named in pieces, so that this file does not name them itself.
REGISTRIES = [".".join(parts) for parts in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("crates", "io"),
    ("docker", "io"), ("ghcr", "io"), ("anaconda", "org"), ("golang", "org"),
)]  # fmt: skip
MACHINE_PATH = re.compile(r"(?<![\w.~$}-])/(?:work|root|home|Users|private)/[\w.-]+")
TEXTS = {".md", ".txt", ".toml", ".py", ".js", ".css", ".html", ".sh", ".json", ".svg", ""}

FENCE = re.compile(r"^[ ]*```(\w*)\n(.*?)^[ ]*```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"(?<!\\)\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)
SETTING = re.compile(r"ARGINE_[A-Z][A-Z_]*[A-Z]")
COMMAND = re.compile(r"(?:^|(?<=[\s`(;|])|(?<=bin/))(?<!-u )argine((?: +(?!#)[^\s`;|<>]+)+)")
API_PATH = re.compile(r"/api/v1(/[\w{}$<>/.-]*)?")
OWN_PATH = re.compile(
    r"(?<![\w.:/])/(?:console|report|status|receipt|safety|privacy|about|leave|health|language)\b[\w/.-]*"
)
FILE_PATH = re.compile(r"(?<![\w./-])(?:src|tests|browser|vectors|tools|requirements|docs)/[\w./*-]+")

# Read by the script `dev`, or by a command that is no desk.
SETTINGS_OF_DEV = set(SETTING.findall((ROOT / "dev").read_text("utf-8")))
READ_BY_TESTS = re.compile(r'environ(?:\.get)?[\[(]"(ARGINE_\w+)"')
SETTINGS_OF_TESTS = {
    name for path in (ROOT / "tests").rglob("*.py") for name in READ_BY_TESTS.findall(path.read_text("utf-8"))
}
SETTINGS_OF_COMMANDS = {
    name
    for folder in ("cli", "connect")
    for path in (ROOT / "src" / "argine" / folder).rglob("*.py")
    for name in re.findall(rf'"({SETTING.pattern})"', path.read_text("utf-8"))
}


@cache
def pages() -> tuple[Path, ...]:
    found = (path.relative_to(ROOT) for path in sorted(ROOT.rglob("*.md")))
    return tuple(path for path in found if not any(part in NOT_WRITTEN or part[0] == "." for part in path.parts))


def text_of(page: Path) -> str:
    return (ROOT / page).read_text("utf-8")


def fences(text: str, *kinds: str) -> list[str]:
    return [body for kind, body in FENCE.findall(text) if not kinds or kind in kinds]


def code_in(text: str) -> Iterator[str]:
    """Give the lines of the code blocks, with continued lines joined, then the code within sentences."""
    for body in fences(text):
        yield from body.replace("\\\n", " ").splitlines()
    yield from SPAN.findall(FENCE.sub("", text))


def slug(heading: str) -> str:
    """Give the name that a heading has as a place in its page."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def places(page: Path) -> set[str]:
    return {slug(heading) for heading in HEADING.findall(FENCE.sub("", text_of(page)))}


def broken_links(page: Path, text: str) -> list[str]:
    """Name the relative links of a page that lead nowhere."""
    return [link for link in LINK.findall(FENCE.sub("", text)) if "://" not in link and not _leads(page, link)]


def _leads(page: Path, link: str) -> bool:
    if link.startswith("mailto:"):
        return True
    path, _, place = link.partition("#")
    target = (ROOT / page).parent.joinpath(path).resolve() if path else ROOT / page
    if not target.is_relative_to(ROOT):
        return False
    name = target.relative_to(ROOT)
    if not target.exists():
        return name.as_posix() in MADE
    return not place or name.suffix != ".md" or place in places(name)


def unknown_settings(text: str) -> set[str]:
    known = (
        {variable(item.name) for item in fields(Config)} | SETTINGS_OF_DEV | SETTINGS_OF_COMMANDS | SETTINGS_OF_TESTS
    )
    return set(SETTING.findall(text)) - known


def commands_in(text: str) -> Iterator[list[str]]:
    for line in code_in(text):
        for found in COMMAND.findall(line):
            yield _words(found)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:  # a quote that ends on another line
        return line.split()


def unknown_command(words: list[str]) -> str:
    """Say what of a command line does not exist; empty if all does, or if its module is still to come."""
    name = words[0]
    if name.startswith("-"):
        return "" if name in options(argine) else f"argine {name}"
    if not re.fullmatch(r"[a-z][a-z-]*", name):
        return ""  # a sentence, not a command
    if name not in COMMANDS:
        return f"argine {name}"
    if importlib.util.find_spec(COMMANDS[name].module) is None:
        return ""
    command: click.Command = importlib.import_module(COMMANDS[name].module).command
    rest = words[1:]
    if isinstance(command, click.Group) and rest and re.fullmatch(r"[a-z][a-z-]*", rest[0]):
        inner = command.get_command(click.Context(command), rest[0])
        if inner is None:
            return f"argine {name} {rest[0]}"
        command, rest = inner, rest[1:]
    given = {word.partition("=")[0] for word in rest if word.startswith("--")}
    unknown = given - options(command) - {"--data", "--help"}
    return f"argine {name}: {', '.join(sorted(unknown))}" if unknown else ""


def options(command: click.Command) -> set[str]:
    return {name for option in command.get_params(click.Context(command)) for name in option.opts}


def unknown_api_paths(text: str) -> set[str]:
    known = {re.sub(r"\{[^}]*\}", "{}", path) for path in api.get_openapi_schema()["paths"]}
    # The start of a witness's addresses is what others are told.
    known |= {"/api/v1", "/api/v1/", "/api/v1/openapi.json", "/api/v1/witness"}
    found = {match.group(0).rstrip(".") for match in API_PATH.finditer(text)}
    return {path for path in found if re.sub(r"\{[^}]*\}|\$\w+|<[^>]*>", "{}", path) not in known}


def unknown_pages_of_the_desk(text: str) -> set[str]:
    return {path for line in code_in(text) for path in OWN_PATH.findall(line) if not _answers(path)}


def _answers(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        # The start of addresses, such as `/console/welcome/...`.
        return path in {"/console/welcome/", "/console/welcome/..."}
    return True


def missing_files(text: str) -> set[str]:
    spans = {path.rstrip(".") for span in SPAN.findall(FENCE.sub("", text)) for path in FILE_PATH.findall(span)}
    return {path for path in spans if path not in MADE | {"docs/reference/"} and not list(ROOT.glob(path.rstrip("/")))}


@cache
def dev_commands() -> frozenset[str]:
    return frozenset(re.findall(r"^(\w+)\)", (ROOT / "dev").read_text("utf-8"), re.MULTILINE))


def unknown_dev_commands(text: str) -> set[str]:
    named = {name for line in code_in(text) for name in re.findall(r"(?:^|[\s`])\./dev (\w+)", line)}
    return named - dev_commands()


EVERY_PAGE = pytest.mark.parametrize("page", pages(), ids=str)


@EVERY_PAGE
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert broken_links(page, text_of(page)) == []


@EVERY_PAGE
def test_every_setting_that_is_named_exists(page: Path) -> None:
    assert unknown_settings(text_of(page)) == set()


@EVERY_PAGE
def test_every_command_that_is_named_exists_with_its_options(page: Path) -> None:
    assert [found for words in commands_in(text_of(page)) if (found := unknown_command(words))] == []
    assert unknown_dev_commands(text_of(page)) == set()


@EVERY_PAGE
def test_every_address_of_the_desk_that_is_named_answers(page: Path) -> None:
    assert unknown_api_paths(text_of(page)) == set()
    assert unknown_pages_of_the_desk(text_of(page)) == set()


@EVERY_PAGE
def test_every_file_that_is_named_exists(page: Path) -> None:
    assert missing_files(text_of(page)) == set()


@EVERY_PAGE
def test_the_code_of_a_page_can_be_read(page: Path) -> None:
    for source in fences(text_of(page), "python"):
        ast.parse(source)
    for source in fences(text_of(page), "json"):
        json.loads(source)


@pytest.mark.parametrize("name", [variable(item.name) for item in fields(Config)])
def test_every_setting_stands_in_the_reference(name: str) -> None:
    written = ROOT / "docs" / "reference" / "settings.md"
    for text in (settings(), *([written.read_text("utf-8")] if written.exists() else [])):
        assert f"| `{name}` |" in text


def test_each_decision_has_a_number_and_a_title_and_is_listed() -> None:
    listed = text_of(Path("docs/README.md"))
    files = sorted(path for path in ADRS.glob("*.md"))
    assert files
    for path in files:
        number = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.md", path.name)
        assert number, path.name
        assert re.match(rf"# {number[1]}\. \S", path.read_text("utf-8")), f"{path.name} has no such title"
        assert f"[{number[1]}](adr/{path.name})" in listed, f"{path.name} is not listed in docs/README.md"
    numbers = [path.name[:4] for path in files]
    assert len(numbers) == len(set(numbers)), "two decisions have one number"


def test_every_page_of_the_documentation_is_listed() -> None:
    listed = set(LINK.findall(text_of(Path("docs/README.md"))))
    wanted = {
        page.relative_to("docs").as_posix()
        for page in pages()
        if page.parts[0] == "docs" and page.parts[1] != "reference" and page.name != "README.md"
    }
    assert wanted - listed == set()


def test_every_command_of_the_script_is_explained() -> None:
    told = text_of(Path("CONTRIBUTING.md"))
    assert {name for name in dev_commands() if f"| `./dev {name}` |" not in told} == set()


def test_every_picture_is_shown_and_every_image_has_words() -> None:
    images = [(page, *image) for page in pages() for image in IMAGE.findall(text_of(page))]
    assert [(str(page), path) for page, words, path in images if not words] == []
    shown = {(ROOT / page).parent.joinpath(path).resolve() for page, _, path in images}
    assert set((ROOT / "docs" / "pictures").glob("*")) - shown == set()


def test_the_changes_name_the_present_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
    assert f"## [{__version__}]" in text_of(Path("CHANGELOG.md"))


def written_texts() -> Iterator[Path]:
    for folder in (".", "src", "tests", "tools", "browser", "vectors", "docs", "requirements", ".ci"):
        walk = (ROOT / folder).glob("*") if folder == "." else (ROOT / folder).rglob("*")
        for path in sorted(walk):
            if path.is_file() and path.suffix in TEXTS and "__pycache__" not in path.parts and path.name != ".git":
                yield path


def names_of_elsewhere(text: str) -> list[str]:
    """Find registry hosts, and paths of the machine that the text was written on."""
    return [*(host for host in REGISTRIES if host in text), *MACHINE_PATH.findall(text)]


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    files = [path for path in written_texts() if path != Path(__file__)]
    found = {
        str(path.relative_to(ROOT)): names_of_elsewhere(path.read_text("utf-8", errors="replace")) for path in files
    }
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see [a](no-such-page.md)", ["no-such-page.md"]),
        ("see [a](docs/README.md#no-such-place)", ["docs/README.md#no-such-place"]),
        ("see [a](../../elsewhere.md)", ["../../elsewhere.md"]),
        ("see [a](docs/README.md#decisions), [b](https://example.org/x.md), [c](docs/reference/cli.md)", []),
    ],
)
def test_the_check_finds_a_planted_broken_link(text: str, found: list[str]) -> None:
    assert broken_links(Path("README.md"), text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`argine frob`", "argine frob"),
        ("`argine hash --no-such FILE...`", "argine hash: --no-such"),
        ("```sh\nargine up --port 8000 --no-such\n```", "argine up: --no-such"),
        ("`argine --no-such`", "argine --no-such"),
        ("```sh\nPATH=x .venv/bin/argine up --data d  # argine starts\n```", ""),
        ("`argine compare A B --json`", ""),
    ],
)
def test_the_check_finds_a_planted_wrong_command(text: str, found: str) -> None:
    assert [unknown_command(words) for words in commands_in(text)][:1] == [found]


@pytest.mark.parametrize(
    ("check", "wrong", "right"),
    [
        (unknown_settings, "`ARGINE_NO_SUCH`", "`ARGINE_DATA`, `ARGINE_VENV`"),
        (unknown_api_paths, "`POST /api/v1/chekc`", "/api/v1/check, /api/v1/decisions/$ID/statement."),
        (unknown_pages_of_the_desk, "`/console/no-such`", "`/console/log`, `/report/`, `https://a.example/about/x`"),
        (missing_files, "`tests/unit/no_such.py`", "`tests/contract/`, `src/argine/law/regimes/*.toml`"),
        (unknown_dev_commands, "`./dev frob`", "`./dev test tests/unit`"),
        (names_of_elsewhere, f"https://{REGISTRIES[0]}/simple, /{'root'}/x", f"framework/x, data/{'work'}/x"),
    ],
)
def test_the_check_finds_a_planted_wrong_name(check: object, wrong: str, right: str) -> None:
    assert callable(check)
    assert check(wrong)
    assert not check(right)
