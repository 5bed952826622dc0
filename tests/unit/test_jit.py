import os
import subprocess
import sys
from pathlib import Path

import pytest

from argine.index import probe

ASK = """
import sys
sys.path.insert(0, sys.argv[1])
from numbers_package.outer import outer
print(outer(1))
"""

OUTER = """
from argine.jit import lean_jit
from numbers_package.helper import plus
@lean_jit
def outer(number):
    return plus(number)
"""

HELPER = """
from argine.jit import inline
@inline
def plus(number):
    return number + {step}
"""


def test_a_change_in_a_neighbouring_file_is_compiled_again(tmp_path: Path) -> None:
    package = tmp_path / "numbers_package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "outer.py").write_text(OUTER, "utf-8")
    answers = []
    for step in (1, 1, 20):
        (package / "helper.py").write_text(HELPER.format(step=step), "utf-8")
        command = [sys.executable, "-B", "-c", ASK, str(tmp_path)]
        answers.append(subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stdout)
    assert [int(answer) for answer in answers] == [2, 2, 21]
    assert list(package.glob("__pycache__/*.nbi")), "nothing was kept on disk"


@pytest.mark.parametrize("name", ["probe.py", "candidates.py", "vector.py", "jit.py"])
def test_the_search_is_compiled_again_when_any_of_its_files_changes(name: str) -> None:
    stamp = probe.search._cache._cache_file._source_stamp  # type: ignore[attr-defined]
    assert name in {entry[0] for entry in stamp}
