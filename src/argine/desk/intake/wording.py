"""Sentences that a person signs, and those that the page's script says. One place, so that a change is seen."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from argine.desk.core.region_words import region_words

DECLARATIONS_VERSION = 1


def good_faith() -> str:
    """One tick for three laws: belief in good faith (US), good faith and true (UK), accurate and complete (EU)."""
    return _(
        "I believe in good faith that this picture was shared, or is threatened to be shared, without the consent of "
        "the person shown. What I say here is true, accurate and complete to the best of my knowledge."
    )


def why_unlawful() -> str:
    """Asked for by Art. 16(2)(a) of the EU's Digital Services Act; nobody should have to know law to write it."""
    return _(
        "This is an intimate picture, or a threat to share one, without the consent of the person shown. Sharing it "
        "violates that person's private life and their rights over their own image and data, and is an offence in "
        "many countries. I ask that it be removed and that known copies be found and removed too."
    )


def declarations() -> str:
    """The exact text that was agreed to, as it is kept with the notice."""
    return f"[{DECLARATIONS_VERSION}] {good_faith()}\n\n{why_unlawful()}"


def where_missing() -> str:
    return _("Choose a picture, or say where it is.")


def recipients(names: Sequence[str]) -> str:
    """Who gets the fingerprints of who says yes; empty where nobody does."""
    if not names:
        return ""
    return _(
        "At present these are: %(names)s. Others may join later: then they get them too, and are named on the page "
        "about your data."
    ) % {"names": ", ".join(names)}


def for_script() -> dict[str, object]:
    return {
        "wait": _("Please wait until every picture and film is ready, or take it off the list."),
        "check": {
            "pictures": _("Pictures and films on this device"),
            "marked": _("Of these, with the altered part marked"),
            "nothing": _("Nothing"),
        },
        "draft": {
            "kept": _("It is kept on this device."),
            "erased": _("It is erased."),
            "refused": _("Your browser does not let this page keep anything. A private window may be the reason."),
        },
        "region": {**region_words(), "marked_short": _("Altered part marked: {width} by {height} percent")},
        "pictures": {
            "picture": _("Picture"),
            "busy": _("Your device is working on it …"),
            "ready": _("Ready. Only its fingerprint will be sent."),
            "plain": _("Ready. It is very plain, so only exact copies of the file can be found."),
            "removed": _("taken off the list"),
            "too_many": _("That is more than one report can hold. The first twenty were taken."),
            "not_a_picture": _("Your browser cannot open this file as a picture. Try another copy, as JPEG or PNG."),
            "too_large": _("This picture is too large for your browser. Try a smaller copy."),
            "canvas_protected": _(
                "Your browser protects you from being recognised by altering what it draws, so the fingerprint would "
                "be wrong. Allow this page to read drawings, or use another browser."
            ),
            "file_unreadable": _("This file cannot be read. It may have been moved. Choose it once more."),
            "hasher_unavailable": _(
                "Your browser could not start the part that makes fingerprints. Try another browser, or report by "
                "address."
            ),
            "film_busy": _("Your device is looking through the film … You can go on with something else meanwhile."),
            "pause": _("Pause"),
            "go_on": _("Go on"),
            "paused": _("Paused. It goes on where it was when you press Go on."),
            "video_unplayable": _(
                "Your browser cannot play this film, so it cannot make a fingerprint of what it shows: only exact "
                "copies of this file can be found. Films from an iPhone (HEVC) play in Safari; AVI and some others in "
                "hardly any browser. To find more: give the address where the film is, open this page in a browser "
                "that plays it, or choose a copy saved as MP4 (H.264)."
            ),
            "video_too_long": _(
                "This film is longer than four hours. Choose a shorter part of it, or give its address."
            ),
            "video_stopped": _("Stopped."),
            "film_too_large": _("This film is too large for your browser. Choose a smaller copy, or give its address."),
            "failed": _("That did not work. Take it off the list and try once more."),
        },
    }
