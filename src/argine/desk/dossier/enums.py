from enum import StrEnum


class Extent(StrEnum):
    """How much a dossier tells. Neither has a name of anybody at the desk, a picture, or a patch set.

    FULL: for police or an authority, made by staff. OWN: what the person who reported may have of it, made by them.
    """

    FULL = "full"
    OWN = "own"
