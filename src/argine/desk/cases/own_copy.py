"""The platform's own copy of a picture: which it is, and its bytes, taken from the one place that the operator set.

A reported address is never asked for: the id of the picture is read from its text, and the store is asked by that id.
The bytes stay in memory and go with the request.
"""

import re
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from argine.desk.core import outside
from argine.desk.core.errors import RefusedError
from argine.desk.core.outside import Limits, OutsideError, Request, Trouble
from argine.desk.core.uploads import MIB
from argine.desk.core.web_address import canonical

SECONDS = 15.0
# Letters, digits and a few signs, in parts between slashes; none begins with a dot, so nothing climbs out of its place.
PART = r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*"
CONTENT_ID = re.compile(rf"{PART}(?:/{PART})*")
LONGEST_ID = 200
HELD_PLACE = "ARGINE-PICTURE-ID"


def is_content_id(text: str) -> bool:
    return len(text) <= LONGEST_ID and CONTENT_ID.fullmatch(text) is not None


def id_of(url: str) -> str:
    """The id of the picture that an address of the platform names; empty if it names none."""
    template = settings.CONFIG.copy_pages
    if not template:
        return ""
    try:
        place, asked = canonical(template.replace("{id}", HELD_PLACE)), canonical(url)
    except ValueError:
        return ""
    before, _held, after = place.partition(HELD_PLACE)
    found = asked[len(before) : len(asked) - len(after)]
    is_there = urlsplit(url.strip()).scheme in {"https", "http"} and asked == f"{before}{found}{after}"
    return found if is_there and is_content_id(found) else ""


def fetch(content_id: str) -> bytes:
    """Take a picture from the store, into memory.

    Raises:
        RefusedError: the store is not set, has no such picture, or does not hand it out; the sentence says which.
    """
    if not settings.CONFIG.copy_place or not is_content_id(content_id):
        raise RefusedError(_("This copy has no id by which the platform's store could be asked."))
    url = settings.CONFIG.copy_place.replace("{id}", quote(content_id))
    request = Request(url, headers=_proof(), private=True, takes=("image/", "application/octet-stream"))
    try:
        answer = outside.exchange(request, Limits(SECONDS, settings.CONFIG.max_upload_mib * MIB))
    except OutsideError as error:
        raise RefusedError(_why(error.trouble)) from error
    return _picture(answer)


def _proof() -> dict[str, str]:
    file = settings.CONFIG.copy_token_file
    try:
        return {"Authorization": f"Bearer {Path(file).read_text('utf-8').strip()}"} if file else {}
    except OSError:
        raise RefusedError(_("The file in ARGINE_COPY_TOKEN_FILE cannot be read. Tell an operator.")) from None


def _picture(answer: outside.Answer) -> bytes:
    if answer.status in {404, 410}:
        raise RefusedError(_("The platform's store has no such picture (any more)."))
    if answer.status != 200:  # noqa: PLR2004  # HTTP's "here it is"
        text = _("The platform's store answered with %(status)d. Tell an operator.")
        raise RefusedError(text % {"status": answer.status})
    if not answer.is_whole:
        raise RefusedError(_("The copy is larger than the desk takes (ARGINE_MAX_UPLOAD_MIB)."))
    if not answer.body:
        raise RefusedError(_("What the platform's store handed out is no picture."))
    return answer.body


def _why(trouble: Trouble) -> str:
    if trouble is Trouble.SLOW:
        return _("The platform's store did not answer in time. Try again later.")
    if trouble is Trouble.INSECURE:
        return _("The platform's store cannot prove who it is: its certificate is not trusted. Tell an operator.")
    return _("The platform's store does not answer. Tell an operator.")
