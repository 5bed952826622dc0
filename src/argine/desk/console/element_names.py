"""What a law may ask of a notice, in words for staff."""

from django.utils.translation import gettext_lazy as _

from argine.law.regime import Element

NAMES = {
    Element.WHERE: _("where the picture is"),
    Element.CAPACITY: _("whether the reporter is the person shown"),
    Element.NO_CONSENT: _("that there was no consent"),
    Element.NATURE: _("what kind of picture it is"),
    Element.WHY_UNLAWFUL: _("why it is unlawful"),
    Element.GOOD_FAITH: _("a statement of good faith"),
    Element.SIGNATURE: _("a signature"),
    Element.CONTACT: _("a way to reach the reporter"),
    Element.RELEVANT_INFO: _("other relevant information"),
}


def element_name(key: str) -> str:
    return str(NAMES[Element(key)])
