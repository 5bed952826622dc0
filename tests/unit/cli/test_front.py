import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner

from argine import __version__
from argine.cli.exits import CommandError, Exit
from argine.cli.failures import explain
from argine.cli.lazy import LazyGroup, Row, load_desk_command, take_data
from argine.cli.main import COMMANDS, main
from argine.desk.core.errors import ForbiddenError
from argine.index import IndexFileError

DESK_COMMANDS = Path(__file__).parents[3] / "src/argine/cli/desk"


def failing(error: BaseException) -> click.Command:
    """Make an `argine` whose only command raises."""

    @click.command
    def command() -> None:
        raise error

    class Front(LazyGroup):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
            return command

    return Front(name="argine", table={}, params=[click.Option(["--traceback"], is_flag=True)])


def modules_after(*words: str) -> set[str]:
    """Run `argine` in a new Python and say which modules it loaded."""
    code = (
        "import sys; from argine.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    return set(run.stderr.split())


def test_help_names_every_command_and_every_exit_code() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == Exit.OK
    for name, row in COMMANDS.items():
        assert f"  {name} " in result.output
        assert row.help in result.output
    for code in Exit:
        assert f"  {int(code)} " in result.output


def test_help_loads_no_command_and_nothing_heavy() -> None:
    loaded = modules_after("--help")
    assert not {"django", "numpy", "PIL", "rich", "argine.cli.hash", "argine.desk.boot"} & loaded


def test_a_library_command_loads_no_django() -> None:
    loaded = modules_after("hash", "--help")
    assert "argine.signals.hasher" in loaded
    assert not {name for name in loaded if name.startswith(("django", "argine.desk.boot"))}


def test_the_version_is_told() -> None:
    assert __version__ in CliRunner().invoke(main, ["--version"]).output


@pytest.mark.parametrize("words", [["frob"], ["--frob"], ["hash"], ["hash", "--frob", "x"], ["compare", "x"]])
def test_a_command_that_is_written_wrong_ends_with_usage(words: list[str]) -> None:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == Exit.USAGE
    assert result.stdout == ""


@pytest.mark.parametrize("name", [name for name, row in COMMANDS.items() if not row.desk])
def test_every_library_command_is_there_and_has_help(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == Exit.OK
    assert "Usage:" in result.output


@pytest.mark.skipif(not DESK_COMMANDS.is_dir(), reason="no desk commands in this checkout")
def test_the_table_and_the_modules_of_desk_commands_agree() -> None:
    written = {path.stem for path in DESK_COMMANDS.glob("[a-z]*.py")}
    listed = {row.module.rpartition(".")[2] for row in COMMANDS.values() if row.desk}
    assert listed <= written
    for row in COMMANDS.values():
        assert importlib.util.find_spec(row.module) is not None


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (CommandError("The log was altered.", Exit.ALTERED), Exit.ALTERED, "The log was altered."),
        (ForbiddenError("Only a supervisor may do this."), Exit.REFUSED, "Only a supervisor may do this."),
        (IndexFileError("This file\nis no index."), Exit.BAD_INPUT, "This file is no index."),
        (FileNotFoundError(2, "No such file", "x.jpg"), Exit.BAD_INPUT, "x.jpg: No such file."),
        (OSError(28, "No space left on device"), Exit.BAD_INPUT, "No space left on device."),
        (ConnectionRefusedError(111, "refused"), Exit.UNREACHABLE, "The server did not answer."),
        (TimeoutError(), Exit.UNREACHABLE, "The server did not answer."),
        (KeyError("secret"), Exit.FAULT, "A fault in Argine itself (KeyError in test_front.py, line"),
    ],
)
def test_every_error_becomes_one_line_and_its_exit_code(error: Exception, code: Exit, line: str) -> None:
    result = CliRunner().invoke(failing(error), ["any"])
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr.startswith(f"argine: {line}")
    assert result.stderr.count("\n") == 1
    assert "secret" not in result.stderr


def test_ctrl_c_ends_without_a_word() -> None:
    result = CliRunner().invoke(failing(KeyboardInterrupt()), ["any"])
    assert (result.exit_code, result.output) == (Exit.INTERRUPTED, "")


def test_a_traceback_is_shown_when_asked_for() -> None:
    result = CliRunner().invoke(failing(KeyError("x")), ["--traceback", "any"])
    assert "Traceback (most recent call last)" in result.stderr


def test_an_error_that_was_never_raised_still_has_words() -> None:
    assert explain(OSError())[0] == "OSError."


@pytest.mark.parametrize(
    ("words", "data", "rest"),
    [
        ("", None, ""),
        ("--port 1", None, "--port 1"),
        ("--data here --port 1", "here", "--port 1"),
        ("list --data=here", "here", "list"),
        ("--data a --data b", "b", ""),
        ("x -- --data y", None, "x -- --data y"),
    ],
)
def test_the_data_folder_is_taken_from_anywhere_among_the_words(words: str, data: str | None, rest: str) -> None:
    assert take_data(words.split()) == (data and Path(data), rest.split())


@pytest.mark.parametrize("words", [["--data"], ["--data="], ["list", "--data"]])
def test_a_data_folder_without_a_name_is_refused(words: list[str]) -> None:
    with pytest.raises(click.UsageError, match="needs a folder"):
        take_data(words)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """Stand in for the desk's boot, which would bring Django up in this process; collects the folders it is given."""
    booted: list[Path | None] = []

    @click.command
    @click.option("--port", type=int, default=0)
    def command(port: int) -> None:
        click.echo(f"up on {port} after {len(booted)} boot")

    found: dict[str, object] = {"argine.desk.boot": booted, "argine.cli.desk.up": command}

    class Module:
        boot: Callable[[Path | None], None] = staticmethod(booted.append)

        def __init__(self, name: str) -> None:
            self.command = found[name]

    monkeypatch.setattr("argine.cli.lazy.importlib.import_module", Module)
    return booted


def test_the_desk_is_booted_once_over_the_folder_before_its_command_runs(desk: list[Path | None]) -> None:
    result = CliRunner().invoke(main, ["up", "--port", "7", "--data", "folder"])
    assert result.output == "up on 7 after 1 boot\n"
    assert desk == [Path("folder")]


def test_the_help_of_a_desk_command_shows_the_data_folder(desk: list[Path | None]) -> None:
    for _ in range(2):
        assert CliRunner().invoke(main, ["up", "--help"]).output.count("--data") == 1


@pytest.mark.parametrize(("name", "row"), [(name, row) for name, row in COMMANDS.items() if row.desk])
def test_only_the_commands_that_start_a_desk_make_its_folder_before_they_run(
    monkeypatch: pytest.MonkeyPatch, name: str, row: Row
) -> None:
    called: list[str] = []
    module = SimpleNamespace(
        boot=lambda _data: called.append("boot"),
        attach=lambda _data: called.append("attach"),
        command=click.Command(name),
    )
    monkeypatch.setattr("argine.cli.lazy.importlib.import_module", lambda _name: module)
    load_desk_command(row, None)
    assert called == ["boot" if name in {"up", "demo"} else "attach"]


def test_the_help_of_every_inner_command_shows_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    group = click.Group("bank", commands={"list": click.Command("list")})
    module = SimpleNamespace(attach=lambda _data: None, command=group)
    monkeypatch.setattr("argine.cli.lazy.importlib.import_module", lambda _name: module)
    for words in (["bank", "--help"], ["bank", "list", "--help"]):
        assert CliRunner().invoke(main, words).output.count("--data") == 1


def test_completing_a_word_in_the_shell_boots_nothing(desk: list[Path | None]) -> None:
    completion = {"_ARGINE_COMPLETE": "bash_complete", "COMP_WORDS": "argine up", "COMP_CWORD": "1"}
    result = CliRunner().invoke(main, env=completion, prog_name="argine")
    assert "up" in result.output
    assert desk == []
