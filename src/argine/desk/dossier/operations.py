"""Making a dossier. It is logged with a digest, so that the desk can tell its own from a forgery."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils import translation

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head
from argine.desk.cases.models import Case
from argine.desk.core.actor import Actor
from argine.desk.dossier import document, facts, pdf, policies
from argine.desk.dossier.enums import Extent


class Form(StrEnum):
    PDF = "pdf"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class DossierFile:
    name: str
    content_type: str
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """To be handed out as a file that no one on the way keeps."""
        return {"Content-Disposition": f'attachment; filename="{self.name}"', "Cache-Control": "no-store"}


def make(case: Case, extent: Extent, form: Form, language: str, *, by: Actor) -> DossierFile:
    """Make a dossier of a case as it stands now.

    Raises:
        RefusedError: none may be made of this case, or no PDF can be made here.
    """
    policies.check_make(case)
    sign_head()  # so that every entry made until now can be proved
    with translation.override(language):
        told = facts.of(case, extent, language)
        data = json.dumps(told, ensure_ascii=False, indent=1).encode()
        body = pdf.of(document.of(told), data) if form is Form.PDF else data
    with transaction.atomic():
        logged = {"extent": extent.value, "form": form.value, "language": language}
        append(
            Event.DOSSIER_MADE,
            f"case:{case.id}",
            by=by,
            data={**logged, "digest": hashlib.sha256(data).hexdigest()},
        )
    content_type = "application/pdf" if form is Form.PDF else "application/json"
    return DossierFile(f"dossier-{case.number}.{form.value}", content_type, body)
