"""Pixels and bytes to signals: the hashes that stand for a picture."""

from argine.signals.errors import SignalError as SignalError
from argine.signals.types import MIN_PDQ_QUALITY as MIN_PDQ_QUALITY
from argine.signals.types import Signal as Signal
from argine.signals.types import SignalType as SignalType
