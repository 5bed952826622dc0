"""What lacks, in words for the person who reported, and the question that asks for it."""

from collections.abc import Iterable

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from argine.law.terms import Element

ELEMENTS = {
    Element.WHERE: gettext_lazy("where the picture is"),
    Element.CAPACITY: gettext_lazy("whether you are the person shown"),
    Element.NO_CONSENT: gettext_lazy("that it was shared without consent"),
    Element.NATURE: gettext_lazy("what kind of picture it is"),
    Element.WHY_UNLAWFUL: gettext_lazy("why it is against the law"),
    Element.GOOD_FAITH: gettext_lazy("that you say so in good faith"),
    Element.SIGNATURE: gettext_lazy("your name, or another name you use"),
    Element.CONTACT: gettext_lazy("one way to reach you"),
    Element.RELEVANT_INFO: gettext_lazy("anything that helps to understand"),
}


def in_order(elements: Iterable[str]) -> list[Element]:
    """Each element once, in the order of the form."""
    asked = set(elements)
    return [element for element in Element if element in asked]


def for_missing(elements: Iterable[str], language: str) -> str:
    """Ask for what lacks, in the language of the person who reported."""
    with translation.override(language):
        lines = [f"- {ELEMENTS[element]}" for element in in_order(elements)]
        return "\n".join(
            [
                _("Some laws ask for something that your report does not say yet:"),
                *lines,
                _("You can add it on this page. The time that the platform has runs all the same."),
            ]
        )
