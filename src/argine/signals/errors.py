"""What can be wrong with a signal.

ArgineError
 +-- SignalError    a hash, or the pixels to make one of, is not of the right form
"""

from argine.errors import ArgineError


class SignalError(ArgineError):
    """A hash, or the pixels to make one of, is not of the right form."""

    code = "signal_malformed"
