"""The `patch` signal: up to 100 local patches of a picture, which survive what the hash of the whole does not.

`hash_pixels` makes a picture's `PatchSet`; `compare` says how two agree; `strength_of` says what that proves.
"""

from argine.signals.patch.geometry import Agreement as Agreement
from argine.signals.patch.geometry import Located as Located
from argine.signals.patch.geometry import Query as Query
from argine.signals.patch.geometry import Rectangle as Rectangle
from argine.signals.patch.geometry import agreement as agreement
from argine.signals.patch.geometry import compare as compare
from argine.signals.patch.hasher import BANK_PATCHES as BANK_PATCHES
from argine.signals.patch.hasher import QUERY_PATCHES as QUERY_PATCHES
from argine.signals.patch.hasher import hash_pixels as hash_pixels
from argine.signals.patch.patchset import PatchSet as PatchSet
from argine.signals.patch.seeds import ALIKE_BITS as ALIKE_BITS
from argine.signals.patch.seeds import SEED_BITS as SEED_BITS
from argine.signals.patch.seeds import SEED_RADIUS as SEED_RADIUS
from argine.signals.patch.seeds import bank_seeds as bank_seeds
from argine.signals.patch.seeds import candidates as candidates
from argine.signals.patch.seeds import query_seeds as query_seeds
from argine.signals.patch.seeds import seeded as seeded
from argine.signals.patch.strength import Strength as Strength
from argine.signals.patch.strength import strength_in as strength_in
from argine.signals.patch.strength import strength_of as strength_of
