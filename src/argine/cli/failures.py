"""Turns every error into one line for a person, and an exit code for the program that called."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from argine.cli.exits import CommandError, Exit
from argine.desk.core.errors import DeskError
from argine.errors import ArgineError
from argine.law.errors import RegimeError
from argine.merkle.errors import MerkleError

Result = TypeVar("Result")


def in_one_line(run: Callable[[], Result], *, show_traceback: bool) -> Result:
    """Let no error reach the person as a traceback, and none end with a code that means an answer.

    Raises:
        click.exceptions.Exit: `run` failed; the line is written.
    """
    try:
        return run()
    except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
        raise
    except (KeyboardInterrupt, click.Abort):
        raise click.exceptions.Exit(Exit.INTERRUPTED) from None
    except Exception as error:  # the last line of defence
        if show_traceback:
            traceback.print_exception(error)
        message, code = explain(error)
        click.echo(f"argine: {' '.join(message.split())}", err=True)
        raise click.exceptions.Exit(code) from error


def explain(error: Exception) -> tuple[str, Exit]:
    """Find the words and the exit code for an error."""
    match error:
        case CommandError():
            return str(error), error.exit
        case DeskError():
            return str(error), Exit.REFUSED
        case ArgineError() | MerkleError() | RegimeError():
            return str(error), Exit.BAD_INPUT
        case ConnectionError() | TimeoutError():
            return "The server did not answer. Is it running, and is its address right?", Exit.UNREACHABLE
        case OSError():
            name = f"{error.filename}: " if error.filename else ""
            return name + os_reason(error), Exit.BAD_INPUT
        case _:
            return f"A fault in Argine itself ({_place(error)}). Please report it.", Exit.FAULT


def os_reason(error: OSError) -> str:
    """Say what the system refused, without the name of the file."""
    return f"{error.strerror or type(error).__name__}."


def _place(error: Exception) -> str:
    """Name the kind and the place of a fault, never its text: that may hold what a person wrote."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"
