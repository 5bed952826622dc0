"""What the script says with which a part of a picture is marked, on the public page and in the console."""

from django.utils.translation import gettext as _


def region_words() -> dict[str, str]:
    """Texts by name; in braces stand the numbers of percent that the script puts in."""
    return {
        "marked": _(
            "Marked: {left} percent from the left, {top} percent from the top, {width} percent wide, {height} percent "
            "high."
        ),
        "none": _("No part is marked."),
        "all": _("That is nearly the whole picture. Mark a smaller part, or none."),
        "small": _("That is too small. Mark a larger part."),
    }
