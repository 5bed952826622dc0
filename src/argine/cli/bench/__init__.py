"""`argine bench`: the table of all benchmarks. Anyone can rerun them on a machine of their own."""

import click

from argine.cli.lazy import LazyGroup, Row

BENCHMARKS = {
    "index": Row("argine.cli.bench.index", "Measure how fast near codes are found."),
}


@click.group("bench", cls=LazyGroup, table=BENCHMARKS)
def command() -> None:
    """Measure how well and how fast Argine works on this machine."""
