"""What merchants have in common, and names that match a list."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TraitKind(models.TextChoices):
    """By what two merchants may be the same."""

    COMPANY = "company", _("same company")
    IBAN = "iban", _("same bank account")
    ADDRESS = "address", _("same address")
    PHONE = "phone", _("same telephone")
    EMAIL = "email", _("same e-mail address")
    DEVICE = "device", _("same device")
    OFFICER = "officer", _("same person")


class PartyKind(models.TextChoices):
    """What the register of frozen assets lists."""

    PERSON = "person", _("Natural person")
    ENTITY = "entity", _("Legal person")
    SHIP = "ship", _("Ship")


class MatchState(models.TextChoices):
    """What was found of a name like a frozen party's."""

    OPEN = "open", _("To be cleared")
    CLEARED = "cleared", _("Somebody else of that name")
    UPHELD = "upheld", _("The frozen party")
