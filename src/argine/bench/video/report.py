"""The form of what `argine bench video` writes."""

from typing import NotRequired, TypedDict


class Counted(TypedDict):
    """What was found in copies of one edit.

    Attributes:
        n: copies made.
        flat: copies of which no frame says anything: told to be unhashable, not counted in `n`.
        argine: copies found.
        vpdq: copies that vPDQ's rule finds from the same frames.
        errors: of each found copy, how far from the truth the found part of the film lies, in seconds.
        missed: names of the films that were not found.
    """

    n: int
    flat: int
    argine: int
    vpdq: int
    errors: list[float]
    missed: list[str]


class EditRow(TypedDict):
    """One edit.

    Attributes:
        family: of edits that are alike.
        n: copies made.
        flat: copies of which no frame says anything: told to be unhashable, not counted in `n`.
        argine: part that was found, 0 to 1.
        vpdq: part that vPDQ's rule finds from the same frames.
        error_median: how far from the truth the found part of the film lies, in seconds.
        error_max: the same at the worst.
        missed: names of the films that were not found.
    """

    family: str
    n: int
    flat: int
    argine: float
    vpdq: float
    error_median: float | None
    error_max: float | None
    missed: list[str]


class Wrong(TypedDict):
    """A copy of one film in which another film was found."""

    edit: str
    copy_of: str
    found: str
    frames: int
    distance: int


class FalsePositives(TypedDict):
    """Over all pairs of films and of copies with films that do not show the same; groups are counted apart."""

    pairs: int
    argine: int
    vpdq: int
    grouped_pairs: int
    grouped: int
    wrong: list[Wrong]


class CostRow(TypedDict):
    """What one film costs on one core, in CPU seconds for each minute of film. `bank` is with patches too."""

    film: str
    seconds: float
    check: float
    check_with_patches: float
    bank: float
    bare_decode: float
    vpdq: NotRequired[float]


class LongRow(TypedDict):
    """The check of a long film, in a process of its own.

    Attributes:
        seconds: length of the film.
        check_seconds: CPU seconds of the whole check, patches of a bounded number of frames included.
        bare_decode_seconds: CPU seconds of decoding it all, and no more.
        peak_mib: the process's largest memory; it reads from the disk as it goes.
        file_mib: size of the file.
        frames: how many were looked at.
        recall_short: part of the clips that the film is made of that the short look finds.
        recall_full: the same for a look at every second.
    """

    seconds: float
    check_seconds: float
    bare_decode_seconds: float
    peak_mib: float
    file_mib: float
    frames: int
    recall_short: float
    recall_full: float


class Report(TypedDict):
    """All of it."""

    films: int
    film_seconds: float
    edits: dict[str, EditRow]
    stills: EditRow
    pictures_found: float
    false_positives: FalsePositives
    cost: list[CostRow]
    long: LongRow | None
