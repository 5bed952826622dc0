"""Ready sentences for a decision's reasons. A reviewer starts from one and says what is particular to the case."""

from django.utils.translation import gettext_lazy as _

STARTERS = (
    _("We looked at the picture. It was shared without the consent of the person shown. We remove it."),
    _("The picture was altered or made with AI, and shared without the consent of the person it shows. We remove it."),
    _("We have not met a copy of the picture yet. If one is uploaded, it is stopped."),
    _("We looked at the address and found nothing there. If you know another address, please tell us."),
    _("We looked at the picture. It is not an intimate one. If you see this differently, you can appeal."),
    _("From what you told us, you are neither the person shown nor act for them. If you are, please tell us."),
)
