"""The content policies of what is no page."""

from collections.abc import MutableMapping

HEADER = "Content-Security-Policy"
_NOTHING_ELSE = "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
NOTHING_SHOWN = f"default-src 'none'; {_NOTHING_ELSE}"
"""That of an answer for programs: a browser that is led to one shows text and loads nothing."""
SCRIPTS_ONLY = f"default-src 'none'; script-src 'self'; worker-src 'self'; {_NOTHING_ELSE}"
"""That of a script. A worker lives under its own file's: it loads its modules, and can send nothing away."""


def of_file(headers: MutableMapping[str, str], _path: str, url: str) -> None:
    """Add the policy of a public file, as WhiteNoise asks for it."""
    headers[HEADER] = SCRIPTS_ONLY if url.endswith(".js") else NOTHING_SHOWN
