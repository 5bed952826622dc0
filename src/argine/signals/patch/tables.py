"""The numbers that fix the patch signal, and the tables made of them.

Two programs must make the same patches of the same pixels: this one and `browser/patch/`. So every table is rounded
to whole fractions of a power of two, far coarser than what two mathematical libraries differ by, and everything
after it uses only addition, subtraction, multiplication, division and square root, which IEEE 754 fixes to the bit.
"""

import math

import numpy as np
import numpy.typing as npt

LONG_SIDE = 512
"""Long side in pixels of the grey picture that patches are found in."""

STEPS = 3
"""Scales tried per octave."""

LEVELS = STEPS + 3
"""Blurred pictures per octave: each scale needs one difference below and one above its own."""

FIRST_SIGMA = 1.6
"""Blur of an octave's first level, in pixels of that octave."""

FIRST_SCALE = 0.6780719051126377
"""Its logarithm to base 2."""

ASSUMED_SIGMA = 0.5
"""Blur that the grey picture is taken to have already."""

MIN_OCTAVE_SIDE = 16
"""The pyramid ends before its shorter side gets smaller than this, in pixels."""

PLACE_UNIT = 64
"""Places are kept in 1/64 pixel of the grey picture."""

SCALE_UNIT = 32
"""The logarithm (base 2) of a scale is kept in 1/32."""

ANGLE_UNIT = 256
"""Angles are kept in 1/256 turn, from the direction right towards the direction down."""

SIDE = 32
"""A patch is sampled to 32 x 32."""

WINDOW = 13.0
"""Side of a patch in units of its scale (sigma)."""

CODE_BITS = 256

_FINE = 1 << 24


def _rounded(value: float) -> float:
    return math.floor(value * _FINE + 0.5) / _FINE


def _kernel(sigma: float) -> npt.NDArray[np.float32]:
    """One half of a Gaussian, float32[r + 1], centre first; the whole sums to one."""
    reach = max(1, math.ceil(3.5 * sigma))
    weights = [math.exp(-0.5 * (k / sigma) ** 2) for k in range(reach + 1)]
    total = weights[0] + 2 * sum(weights[1:])
    return np.array([_rounded(weight / total) for weight in weights], np.float32)


def _sigma_between(below: float, above: float) -> float:
    return math.sqrt(above**2 - below**2)


def _level_sigma(level: int) -> float:
    return FIRST_SIGMA * math.pow(2.0, level / STEPS)


FIRST_KERNEL = _kernel(_sigma_between(ASSUMED_SIGMA, FIRST_SIGMA))
"""Brings the grey picture to the first level."""

KERNELS = tuple(_kernel(_sigma_between(_level_sigma(i), _level_sigma(i + 1))) for i in range(LEVELS - 1))
"""Bring each level of an octave to the next."""

COSINES = np.array([_rounded(math.cos(2 * math.pi * i / ANGLE_UNIT)) for i in range(ANGLE_UNIT)])
"""float64[256]: cosine of each kept angle; the sine is the cosine a quarter turn earlier."""

POWERS = np.array([_rounded(2.0 ** (i / SCALE_UNIT)) for i in range(256)])
"""float64[256]: the scale in pixels of the grey picture of each kept logarithm."""

BELL_UNIT = 32
BELL = np.array([_rounded(math.exp(-(i + 0.5) / BELL_UNIT)) for i in range(5 * BELL_UNIT)])
"""float64[160]: exp(-t) at t = 0 to 5 in steps of 1/32."""


def _frequencies() -> npt.NDArray[np.int64]:
    """int64[256, 2]: the 256 lowest pairs (down, across) of the transform, lowest first, without the constant."""
    pairs = [(v, u) for v in range(SIDE) for u in range(SIDE) if v + u > 0]
    pairs.sort(key=lambda pair: (pair[0] ** 2 + pair[1] ** 2, pair[0]))
    return np.array(pairs[:CODE_BITS])


FREQUENCIES = _frequencies()

ROWS = int(FREQUENCIES.max()) + 1
"""Frequencies needed in one direction."""


def _transform() -> npt.NDArray[np.float32]:
    """float32[ROWS, 32]: the first rows of the DCT-II, without its scale, which changes no sign."""
    step = math.pi / (2 * SIDE)
    return np.array(
        [[_rounded(math.cos(step * u * (2 * x + 1))) for x in range(SIDE)] for u in range(ROWS)], np.float32
    )


TRANSFORM = _transform()


def _mirror_mask() -> npt.NDArray[np.uint8]:
    """uint8[32]: the bits that change when a patch is seen in a mirror, whose axis is the patch's direction."""
    return np.packbits(FREQUENCIES[:, 0] % 2 == 1)


MIRROR_MASK = _mirror_mask()
