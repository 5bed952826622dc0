from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from typing import Self


@dataclass(frozen=True, slots=True, eq=False)
class PatchSet:
    width: int
    height: int
    codes: npt.NDArray[np.uint8]
    x: npt.NDArray[np.uint16]
    y: npt.NDArray[np.uint16]
    scale: npt.NDArray[np.uint8]
    angle: npt.NDArray[np.uint8]

    @classmethod
    def empty(cls, width: int, height: int) -> Self:
        return cls(width, height, np.empty((0, 32), np.uint8), np.empty(0, np.uint16), np.empty(0, np.uint16), np.empty(0, np.uint8), np.empty(0, np.uint8))

    def __len__(self) -> int:
        return len(self.codes)
