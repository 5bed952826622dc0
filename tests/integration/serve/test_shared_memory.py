"""What web processes have loaded before they part stays one copy in memory, also after a search for garbage."""

import subprocess
import sys
from pathlib import Path

import pytest

PARTED = """
import gc, os
from pathlib import Path
import django
django.setup()
from argine.desk.serve.web import load_what_is_shared
load_what_is_shared()

def own_mib():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024

if os.fork() == 0:
    before = own_mib()
    gc.collect()
    print(own_mib() - before)
    os._exit(0)
os.wait()
"""
MOST_MIB = 10.0  # a search through all objects takes 60


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells what is a process's own")
def test_a_search_for_garbage_copies_nothing_of_what_web_processes_share() -> None:
    done = subprocess.run([sys.executable, "-c", PARTED], capture_output=True, text=True, check=True)
    assert float(done.stdout) < MOST_MIB
