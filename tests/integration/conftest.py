from collections.abc import Iterator

import pytest

from argine.desk.banks.live import BANKS


@pytest.fixture(autouse=True)
def banks_start_empty() -> Iterator[None]:
    """Each test has a database of its own; the banks in memory must not remember another."""
    BANKS.forget()
    yield
    BANKS.forget()
