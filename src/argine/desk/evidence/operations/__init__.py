"""All that writes what was seen at reported addresses."""

from argine.desk.evidence.operations.records import forget_of_minors as forget_of_minors
from argine.desk.evidence.operations.records import take as take
