"""A dossier as an accessible PDF (PDF/UA-1), with its JSON attached. Needs the extra `pdf` (typst)."""

import json
from pathlib import Path

from django.utils.translation import gettext as _

from argine.desk.core.errors import RefusedError
from argine.desk.dossier.document import Document

try:
    import typst
except ImportError:  # pragma: no cover - the run lock has it; the other case is tested by taking it away
    typst = None  # type: ignore[assignment]

PAGES = Path(__file__).with_name("dossier.typ")


def can_set() -> bool:
    """Whether a PDF can be made here."""
    return typst is not None


def of(document: Document, data: bytes) -> bytes:
    """Set the pages: the same bytes each time.

    Args:
        document: what they say.
        data: the dossier's JSON, to attach.

    Raises:
        RefusedError: the package that sets pages is not installed.
    """
    if typst is None:
        raise RefusedError(_("No PDF can be made here: the operator can install the extra `pdf`. Take the JSON."))
    inputs = {"document": json.dumps(document.plain()), "facts": data.decode()}
    return typst.compile(PAGES.read_bytes(), sys_inputs=inputs, format="pdf", pdf_standards="ua-1")
