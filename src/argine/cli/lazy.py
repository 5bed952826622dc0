"""A group of commands that loads only the one that was asked for.

A library command is loaded as it is. A desk command needs Django, and Django needs to know the data folder
before any model is imported. So the desk is booted here, before such a command is loaded: `--data` is taken
out of its words, wherever it stands among them, and shown in its help. Only the commands that start a desk make its
folder here; the others say that there is none, or make it once they know that they are to write.
"""
# ruff: noqa: ARG002 - the signatures of the group's methods are click's own

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from argine.cli.exits import Exit
from argine.cli.failures import in_one_line


@dataclass(frozen=True, slots=True)
class Row:
    """Where a command is: its module holds it under the name `command`."""

    module: str
    help: str
    desk: bool = False
    makes_folder: bool = False


class LazyGroup(click.Group):
    """A group whose commands are rows of a table until one is asked for."""

    def __init__(self, *, table: Mapping[str, Row], **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]  # click checks its own
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        row = self.table.get(cmd_name)
        if row is None:
            return None
        # While the shell completes a word, nothing is started and no folder made.
        if row.desk and ctx.resilient_parsing:
            return click.Command(cmd_name, help=row.help)
        return load_desk_command(row, data=None) if row.desk else load_command(row)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        row = self.table.get(args[0])
        if row is None or not row.desk or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        data, words = take_data(args[1:])
        return args[0], load_desk_command(row, data), words

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.help) for name, row in self.table.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), code.meaning) for code in Exit])

    def invoke(self, ctx: click.Context) -> object:
        show_traceback = bool(ctx.params.get("traceback"))
        return in_one_line(lambda: super(LazyGroup, self).invoke(ctx), show_traceback=show_traceback)


def take_data(words: list[str]) -> tuple[Path | None, list[str]]:
    """Take `--data DIR` or `--data=DIR` out of a command's words. The last one counts; `--` ends the search.

    Raises:
        click.UsageError: the folder is not named.
    """
    data, kept, rest = None, list[str](), iter(words)
    for word in rest:
        if word == "--":
            return data, [*kept, word, *rest]
        if word == "--data":
            data = _folder(next(rest, ""))
        elif word.startswith("--data="):
            data = _folder(word.removeprefix("--data="))
        else:
            kept.append(word)
    return data, kept


def load_command(row: Row) -> click.Command:
    """Import the module of a command."""
    command: click.Command = importlib.import_module(row.module).command
    return command


def load_desk_command(row: Row, data: Path | None) -> click.Command:
    """Set the desk up over its data folder, then import the module of a command."""
    desk = importlib.import_module("argine.desk.boot")
    (desk.boot if row.makes_folder else desk.attach)(data)
    command = load_command(row)
    _show_data_option(command)
    return command


def _show_data_option(command: click.Command) -> None:
    if not any(parameter.name == "data" for parameter in command.params):
        command.params.append(_data_option())
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _show_data_option(inner)


def _data_option() -> click.Option:
    """Make an option for the help page alone: `take_data` takes its words before the command sees them."""
    text = "Folder of the database and the keys."
    return click.Option(["--data"], type=click.Path(file_okay=False), expose_value=False, help=text)


def _folder(word: str) -> Path:
    if not word:
        raise click.UsageError("Option '--data' needs a folder.")
    return Path(word)
