"""What can go wrong with an index file."""

from argine.errors import ArgineError


class IndexFileError(ArgineError):
    """The file is no index, is cut short or altered, or was written by a newer Argine."""

    code = "index_file"
