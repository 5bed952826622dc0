"""Everything that changes what goes out."""

from argine.desk.notify.operations.deliver import deliver_next as deliver_next
from argine.desk.notify.operations.deliver import recover as recover
from argine.desk.notify.operations.follow import follow as follow
from argine.desk.notify.operations.follow import start_following as start_following
from argine.desk.notify.operations.queue import discard as discard
from argine.desk.notify.operations.queue import forget_old_messages as forget_old_messages
from argine.desk.notify.operations.queue import retry as retry
from argine.desk.notify.operations.queue import send_test as send_test
from argine.desk.notify.operations.queue import send_test_events as send_test_events
from argine.desk.notify.operations.witnesses import ask_witnesses as ask_witnesses
