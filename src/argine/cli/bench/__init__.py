"""`argine bench`: the table of all benchmarks. Anyone can rerun them, on pictures and a machine of their own."""

import click

from argine.cli.lazy import LazyGroup, Row

BENCHMARKS = {
    "recall": Row(
        "argine.cli.bench.recall", "Say which edits of a picture are still found, and what is found wrongly."
    ),
    "perception": Row(
        "argine.cli.bench.perception", "Measure Argine's signals by the benchmark of the package perception."
    ),
    "hash": Row("argine.cli.bench.hash", "Measure how fast pictures are decoded and hashed."),
    "index": Row("argine.cli.bench.index", "Measure how fast near codes are found."),
    "http": Row("argine.cli.bench.http", "Measure how fast a running desk answers, over a bank of any size."),
    "soak": Row("argine.cli.bench.soak", "Watch a desk under a steady load: does it grow, does it slow down?"),
    "load": Row("argine.cli.bench.load", "Measure how many mixed upload checks a desk answers, for minutes."),
    "live": Row("argine.cli.bench.live", "Measure how soon a change of a large bank counts in every process."),
    "desk": Row("argine.cli.bench.desk", "Measure how fast the console is with thousands of open cases."),
    "scan": Row("argine.cli.bench.scan", "Measure a scan of stored files beside the bare hashing of them."),
    "video": Row("argine.cli.bench.video", "Say which edits of a film are still found, where, and at what cost."),
}


@click.group("bench", cls=LazyGroup, table=BENCHMARKS)
def command() -> None:
    """Measure how well and how fast Argine works on this machine."""
