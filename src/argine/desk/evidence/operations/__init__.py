"""All that writes what was seen at reported addresses."""

from argine.desk.evidence.operations.forgetting import forget_of_minors as forget_of_minors
from argine.desk.evidence.operations.host_watches import ask_due as ask_due
from argine.desk.evidence.operations.host_watches import note_change_seen as note_change_seen
from argine.desk.evidence.operations.host_watches import start_host as start_host
from argine.desk.evidence.operations.host_watches import stop_host as stop_host
from argine.desk.evidence.operations.hosts import ask as ask
from argine.desk.evidence.operations.records import take as take
from argine.desk.evidence.operations.watches import look_again as look_again
from argine.desk.evidence.operations.watches import look_at_due as look_at_due
from argine.desk.evidence.operations.watches import start as start
from argine.desk.evidence.operations.watches import stop as stop
