"""Every use of cryptography is on the page that lists it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "argine"
PAGE = ROOT / "docs" / "reference" / "cryptography.md"
MODULES = "hashlib|hmac|secrets|ssl|cryptography|http_message_signatures|rfc3161_client"
USES = re.compile(rf"^\s*(?:import|from) (?:{MODULES})\b", re.MULTILINE)


def test_the_page_names_each_file_that_uses_cryptography_and_no_other() -> None:
    used = {path.relative_to(SRC).as_posix() for path in SRC.rglob("*.py") if USES.search(path.read_text("utf-8"))}
    listed = re.findall(r"`([\w/]+\.py)`", PAGE.read_text("utf-8").partition("## Where it stands")[2])
    assert sorted(listed) == sorted(used)


def test_random_numbers_that_only_look_random_are_for_samples_alone() -> None:
    plain = re.compile(r"^\s*(?:import random\b|from random import)", re.MULTILINE)
    users = {path.relative_to(SRC).as_posix() for path in SRC.rglob("*.py") if plain.search(path.read_text("utf-8"))}
    assert users == {"desk/hma/policies.py", "desk/demo/operations.py", "desk/demo/pictures.py"}
