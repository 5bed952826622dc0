"""What `argine bank import` does with a file: line by line, in batches, so that its size does not matter."""

from dataclasses import dataclass, field
from typing import BinaryIO

import click

from argine.cli.desk.bank_lines import Header, Line, LineError, Picture, parse_entry, parse_header, read_lines
from argine.cli.exits import CommandError, Exit
from argine.cli.output import byte_progress
from argine.desk.banks.models import Bank
from argine.desk.banks.operations import add_entries
from argine.desk.banks.queries import fingerprint, fingerprints
from argine.desk.core.actor import SHELL
from argine.signals.types import SignalType

BATCH = 1000
MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """How the file is to be read: what bare hashes are, how entries are marked, what is let pass."""

    bare: SignalType
    origin: str
    dry_run: bool
    any_kind: bool


@dataclass(slots=True)
class Counts:
    """`already` and `withdrawn`: entries with these very signals are there, and live or not."""

    entries: int = 0
    added: int = 0
    already: int = 0
    withdrawn: int = 0
    bad: int = 0


@dataclass(slots=True)
class Importer:
    """Takes one file into one bank."""

    bank: Bank
    rules: Rules
    counts: Counts = field(default_factory=Counts)
    header: Header | None = None
    known: dict[bytes, bool] = field(default_factory=dict)
    waiting: list[Picture] = field(default_factory=list)

    def run(self, file: BinaryIO, size: int) -> Counts:
        """Take the whole file. Each batch is there for good once it is added: after an interruption, import again.

        Raises:
            FormatError: the file is of another format.
            CommandError: it is of a bank of another kind.
        """
        self.known = fingerprints(self.bank.id)
        with byte_progress(size, "Importing") as done:
            for place, line in enumerate(read_lines(file)):
                if place > 0 or not self._take_header(line):
                    self._take(line)
                done(line.length)
            self._flush()
        self._compare_count()
        return self.counts

    def _take_header(self, line: Line) -> bool:
        self.header = parse_header(line.text)
        if self.header is None:
            return False
        kind, threshold = self.header.kind, self.header.threshold
        if kind != self.bank.kind and not self.rules.any_kind:
            raise CommandError(
                f"The file comes from a bank of kind {kind}, this one is of kind {self.bank.kind}: its matches would "
                "mean something else. With --any-kind it is imported all the same.",
                Exit.REFUSED,
            )
        if threshold != self.bank.pdq_threshold:
            told = f"The file's bank matched up to {threshold} bits, this one up to {self.bank.pdq_threshold}."
            click.echo(told, err=True)
        return True

    def _take(self, line: Line) -> None:
        if line.problem:
            self._report(line.number, line.problem)
            return
        try:
            picture = parse_entry(line.text, self.rules.bare)
        except LineError as error:
            self._report(line.number, str(error))
        else:
            self._take_entry(picture)

    def _take_entry(self, picture: Picture) -> None:
        self.counts.entries += 1
        mark = fingerprint(picture.signals)
        if mark in self.known:
            live = self.known[mark]
            self.counts.already += live
            self.counts.withdrawn += not live
            return
        self.known[mark] = True
        self.waiting.append(picture)
        if len(self.waiting) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        if self.waiting and not self.rules.dry_run:
            pictures = [picture.signals for picture in self.waiting]
            regions = {at: picture.region for at, picture in enumerate(self.waiting) if picture.region is not None}
            add_entries(self.bank.id, pictures, origin=self.rules.origin, by=SHELL, regions=regions)
        self.counts.added += len(self.waiting)
        self.waiting = []

    def _report(self, number: int, problem: str) -> None:
        self.counts.bad += 1
        if self.counts.bad <= MOST_TOLD:
            click.echo(f"line {number}: {problem}", err=True)
        elif self.counts.bad == MOST_TOLD + 1:
            click.echo("More lines are bad; they are counted, but not listed.", err=True)

    def _compare_count(self) -> None:
        told = self.header.entries if self.header else None
        found = self.counts.entries + self.counts.bad
        if told is not None and told != found:
            click.echo(f"The first line tells of {told} entries, but there are {found}: is the file whole?", err=True)
