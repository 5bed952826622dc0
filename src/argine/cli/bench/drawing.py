"""The drawings of the benchmarks' reports."""

import importlib
from collections.abc import Mapping
from pathlib import Path

from argine.cli.exits import CommandError, Exit


def draw(module: str, report: Mapping[str, object], folder: Path) -> None:
    """Draw a report with a module's `draw`. The drawing library is not among what Argine needs to run.

    Raises:
        CommandError: it is not installed.
    """
    try:
        plots = importlib.import_module(module)
    except ImportError:
        raise CommandError("Plots need the package matplotlib (dependency group `bench`).", Exit.REFUSED) from None
    folder.mkdir(parents=True, exist_ok=True)
    plots.draw(report, folder)
