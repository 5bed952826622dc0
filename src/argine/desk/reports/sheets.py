"""The parts of a report, as tables: for a page to show, and for CSV files."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. `name` names its file; `title` and `note` are for people."""

    name: str
    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""

    def shown(self) -> "Sheet":
        """The table for a page: without columns that are empty, or zero, in every row, and rows that count nothing.

        What is the same in every row (service, period) stands above the table and is left out too.
        """
        kept = [at for at in range(len(self.header)) if len(self.rows) == 1 or self._tells(at)]
        told = [row for row in self.rows if self._counts(row)] or self.rows
        rows = [[row[at] for at in kept] for row in told]
        return replace(self, header=[self.header[at] for at in kept], rows=rows)

    def _tells(self, at: int) -> bool:
        values = {row[at] for row in self.rows}
        return len(values) > 1 or self.header[at].startswith(("Number of", "Value"))

    def _counts(self, row: Sequence[Cell]) -> bool:
        """The total, words, and every row with a number that is not zero."""
        numbers = [cell for cell in row if not isinstance(cell, str)]
        return not numbers or any(numbers) or "TOTAL" in row or "Total number" in row

    def csv(self) -> str:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow(self.header)
        writer.writerows(self.rows)
        return buffer.getvalue()


def zipped(sheets: Sequence[Sheet]) -> bytes:
    """All tables as CSV files in one archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            archive.writestr(zipfile.ZipInfo(f"{sheet.name}.csv"), sheet.csv())
    return buffer.getvalue()
