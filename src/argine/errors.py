"""The one root of every error that Argine raises on purpose.

ArgineError
 +-- media.errors.MediaError        bytes that are not a picture we can read
 +-- signals.errors.SignalError     a hash that is malformed
 +-- index.errors.IndexFileError    a snapshot that is truncated, altered or foreign
 +-- desk.core.errors.DeskError     an operation that is refused
"""


class ArgineError(Exception):
    """Something the caller can act on. The text is one line, for a person, without personal data.

    Attributes:
        code: a stable word for programs, such as `picture_truncated`.
    """

    code = "error"
