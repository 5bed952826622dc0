"""`argine bench`: the table of all benchmarks. Anyone can rerun them on files of their own."""

import click

from argine.cli.lazy import LazyGroup, Row

BENCHMARKS = {
    "video": Row("argine.cli.bench.video", "Say which edits of a film are still found, where, and at what cost."),
}


@click.group("bench", cls=LazyGroup, table=BENCHMARKS)
def command() -> None:
    """Measure how well and how fast Argine works on this machine."""
