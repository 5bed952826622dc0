"""The words of a notice to another platform: an e-mail, the text for a web form, or JSON.

The desk writes as who acts for the person shown: their name and contact are not in it. It asks for what the law that
is chosen asks of a platform, and names the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from argine.desk.core import time
from argine.desk.outward.models import OutwardNotice
from argine.law.regime import Regime
from argine.law.terms import CopiesRule
from argine.merkle.canonical import Json

FORMAT = "argine-platform-notice/1"
WITH_LIKE_COPIES = frozenset({CopiesRule.SUBSTANTIALLY_SAME, CopiesRule.BY_HASH})


@dataclass(frozen=True, slots=True)
class Texts:
    subject: str
    mail: str
    form: str
    data: dict[str, Json]


def compose(number: int, law: Regime, addresses: Sequence[str], language: str) -> Texts:
    """Write a notice about these addresses under a law, in a language, as if it were sent now."""
    due = time.now() + timedelta(hours=law.hours or 0)
    with translation.override(language):
        parts = [*_statement(law, addresses, language), _asks(law, due), _signed(number)]
        return Texts(
            subject=_("Request to remove an intimate picture, shared without consent"),
            mail="\n\n".join([_("To whom it may concern,"), *parts]) + "\n",
            form="\n\n".join(parts) + "\n",
            data=_data(number, law, addresses, due),
        )


def _statement(law: Regime, addresses: Sequence[str], language: str) -> list[str]:
    return [
        _("This is a notice under: %(law)s (%(article)s).")
        % {"law": law.title.in_language(language), "article": f"{law.instrument}, {law.article}"},
        _("At the following addresses is an intimate picture that was shared without the consent of the person shown:"),
        "\n".join(f"- {address}" for address in addresses),
        _(
            "We act for the person shown, who has authorised us. We state in good faith that it was published without "
            "their consent, and that this notice is accurate and complete to the best of our knowledge and belief. "
            "Sharing it violates their private life and is an offence in many countries."
        ),
    ]


def _asks(law: Regime, due: datetime) -> str:
    copies = (
        _("Remove it, and find and remove copies that are the same or substantially the same.")
        if law.copies.rule in WITH_LIKE_COPIES
        else _("Remove it, and make a reasonable effort to find and remove known identical copies.")
    )
    rest = _("We expect this by %(time)s, and your answer with the outcome; if you refuse, with your reasons.")
    return f"{copies} {rest % {'time': moment(due)}}"


def _signed(number: int) -> str:
    lines = [settings.CONFIG.platform_name, settings.CONFIG.platform_contact]
    reference = _("Our reference: %(number)d") % {"number": number}
    return "\n".join([line for line in lines if line] + [reference])


def _data(number: int, law: Regime, addresses: Sequence[str], due: datetime) -> dict[str, Json]:
    return {
        "format": FORMAT,
        "reference": number,
        "law": law.id,
        "instrument": f"{law.instrument}, {law.article}",
        "addresses": list(addresses),
        "capacity": "representative",
        "no_consent": True,
        "good_faith": True,
        "from": settings.CONFIG.platform_name,
        "contact": settings.CONFIG.platform_contact,
        "due_at": time.iso(due),
    }


def follow_up(notice: OutwardNotice, law_title: str, language: str) -> str:
    """Write again about a notice that was not answered."""
    with translation.override(language):
        words = {"sent": moment(notice.sent_at), "due": moment(notice.due_at), "law": law_title}
        ended = _("The time that it gives ended on %(due)s, and we have no answer.") % words
        runs = _("The time that it gives ends on %(due)s.") % words
        lines = [
            _("On %(sent)s we sent you a notice under: %(law)s.") % words,
            ended if notice.due_at < time.now() else runs,
            notice.addresses,
            _("Please remove it, and tell us the outcome; if you refuse, with your reasons."),
            _signed(notice.case.number),
        ]
        return "\n\n".join(lines) + "\n"


def moment(at: datetime) -> str:
    return f"{date_format(at, 'j F Y, H:i')} UTC"
