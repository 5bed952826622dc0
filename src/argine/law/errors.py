class RegimeError(Exception):
    """A law file that breaks its schema, or a regime that cannot be switched on.

    The text is one line: it names the file and the key, or the regime.
    """

    code = "regime"
