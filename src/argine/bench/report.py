"""The form of what `argine bench recall` writes."""

from typing import TypedDict

from argine.bench.pairs import FalsePositives, Group
from argine.bench.recall import EditRow
from argine.bench.regions import RegionRow


class Report(TypedDict):
    """Recall by edit, and what is found wrongly among different pictures.

    Attributes:
        pictures: how many there are.
        pairs: how many pairs of them.
        edits: recall under each edit, by its name.
        false_positives: over all pairs of pictures.
        groups: the same within each group of pictures that look alike.
        regions: entries bound to a marked part, by the percent of the picture that was replaced.
    """

    pictures: int
    pairs: int
    edits: dict[str, EditRow]
    false_positives: FalsePositives
    groups: dict[str, Group]
    regions: dict[str, RegionRow]
