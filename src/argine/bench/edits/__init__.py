"""The edits of `argine bench recall`: pure functions over pixels, with a seeded source of chance."""

from argine.bench.edits.kinds import Chance as Chance
from argine.bench.edits.kinds import Edit as Edit
from argine.bench.edits.table import EDITS as EDITS
