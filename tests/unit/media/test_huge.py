"""A small file that promises a huge picture is refused from its header, before memory or time is spent on it."""

from pathlib import Path
from time import monotonic

import pytest
from tests.huge import HUGE, SIDE

from argine.media import decode
from argine.media.errors import TooManyPixels
from argine.media.limits import Limits
from argine.signals.pool import HashPool, PoolLimits
from argine.signals.warm import samples

MUCH_KB = 50_000


@pytest.mark.parametrize("name", HUGE)
def test_its_header_is_enough(name: str) -> None:
    data = HUGE[name]()
    start = monotonic()
    with pytest.raises(TooManyPixels, match="64 million"):
        decode.picture(data)
    assert monotonic() - start < 0.5


def test_the_png_is_whole_and_small() -> None:
    assert SIDE * SIDE == 169_000_000
    data = HUGE["png"]()
    assert 300_000 < len(data) < 700_000
    assert decode.picture(data, Limits(max_pixels=SIDE * SIDE)).pixels.shape == (SIDE, SIDE, 3)


def test_a_confined_process_takes_no_memory_for_any_of_them() -> None:
    pool = HashPool(PoolLimits(processes=1))
    pool.hash_query(samples()[0])
    pid = pool._idle.queue[-1].process.pid
    before = peak_kb(pid)
    for name in HUGE:
        with pytest.raises(TooManyPixels):
            pool.hash_query(HUGE[name]())
    assert peak_kb(pid) - before < MUCH_KB
    assert pool._idle.queue[-1].process.pid == pid
    pool.close()


def peak_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        pytest.skip("no /proc here")
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
