"""Everything that is kept of one picture while recall is measured, on the bank's side and on the query's."""

from dataclasses import dataclass
from pathlib import Path

from argine.bench import peers
from argine.bench.edits.kinds import Pixels
from argine.media import decode
from argine.signals import patch, pdq
from argine.signals.trim import trim
from argine.signals.types import Signal

PDQ_LIMIT = 31
NEVER = 257


@dataclass(frozen=True, slots=True)
class BankTrace:
    """An original in the bank."""

    pdq: Signal
    patches: patch.Located
    peers: dict[str, int]


@dataclass(frozen=True, slots=True)
class QueryTrace:
    """A picture that is asked about.

    Attributes:
        views: its eight `pdq` views, then those without its bars where it has some.
        patches: its patches, as they are and mirrored.
        peers: other tools' hashes by name.
    """

    views: tuple[Signal, ...]
    patches: patch.Query
    peers: dict[str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What each signal says of one query beside one original.

    Attributes:
        pdq: distance of the two as they are; 257 where one is not hashable.
        views: least distance of all views.
        strength: what the patches prove, if the query's seeds or its `pdq` lead to the original in a bank of any size.
        peers: distances of other tools' hashes by name.
    """

    pdq: int
    views: int
    strength: patch.Strength
    peers: dict[str, int]

    @property
    def verdict(self) -> patch.Strength:
        """`pdq` blocks as it is; in another view it may be the picture's own symmetry, so it only asks for review."""
        if self.pdq <= PDQ_LIMIT or self.strength is patch.Strength.BLOCK:
            return patch.Strength.BLOCK
        return patch.Strength.REVIEW if self.views <= PDQ_LIMIT else self.strength


def pixels_of(path: Path) -> Pixels:
    """Decode a file as an upload is decoded.

    Raises:
        MediaError: it is no picture.
    """
    return decode.picture(path.read_bytes()).pixels


def bank_trace(rgb: Pixels) -> BankTrace:
    return BankTrace(pdq.hash_pixels(rgb), patch.Located(patch.hash_pixels(rgb)), peers.hashes(rgb))


def query_trace(rgb: Pixels) -> QueryTrace:
    views, inner = pdq.hash_views(rgb), trim(rgb)
    if inner is not None:
        views += pdq.hash_views(inner)
    return QueryTrace(views, patch.Query(patch.hash_pixels(rgb, patch.QUERY_PATCHES)), peers.hashes(rgb))


def found(bank: BankTrace, query: QueryTrace) -> Found:
    distances = [pdq.distance(bank.pdq, view) if bank.pdq.hashable and view.hashable else NEVER for view in query.views]
    strength = patch.Strength.NONE
    whole = [distances[0], *distances[len(pdq.VIEWS) : len(pdq.VIEWS) + 1]]
    if min(whole) <= patch.ALIKE_BITS or patch.seeded(bank.patches, query.patches):
        strength = patch.strength_of(patch.compare(bank.patches, query.patches))
    others = {name: (bank.peers[name] ^ value).bit_count() for name, value in query.peers.items()}
    return Found(distances[0], min(distances), strength, others)
