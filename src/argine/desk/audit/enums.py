from django.db import models
from django.utils.translation import gettext_lazy as _


class WitnessProblem(models.TextChoices):
    """Why a witness has not cosigned."""

    UNREACHABLE = "unreachable", _("It did not answer.")
    INSECURE = "insecure", _("Its certificate is not trusted, or not for this name.")
    REFUSED = "refused", _("It does not know this desk's log: give its operator the public key above.")
    CONFLICT = (
        "conflict",
        _("It has seen another log under this desk's key, or a longer one. Was an older database put back?"),
    )
    ANSWER = "answer", _("Its answer bears no cosignature of the key that was set.")
