"""What is wrong with how a connector was set up."""

from argine.errors import ArgineError


class ConnectError(ArgineError):
    """A connector cannot work with these settings. The text says what to change."""

    code = "connect"
