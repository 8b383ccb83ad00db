"""Documents, accounts, agreements and requirements of a file."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentKind(models.TextChoices):
    """What a document proves."""

    REGISTRATION = "registration", _("Kbis or RNE certificate")
    IDENTITY = "identity", _("Identity document")
    BANK_PROOF = "bank_proof", _("Bank account proof (RIB)")
    POWER_OF_ATTORNEY = "power_of_attorney", _("Power of attorney")
    STATUTES = "statutes", _("Articles of association")
    ADDRESS_PROOF = "address_proof", _("Proof of address")
    TRADEMARK = "trademark", _("Trademark certificate")
    INSURANCE = "insurance", _("Insurance certificate")
    APPEAL = "appeal", _("Document of an appeal")


class DocumentState(models.TextChoices):
    """Where the reading of a document stands."""

    QUARANTINED = "quarantined", _("Being scanned")
    INFECTED = "infected", _("Malware found")
    PENDING = "pending", _("To be read")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    REPLACED = "replaced", _("Replaced")


class ScanState(models.TextChoices):
    """What the antivirus says of a file."""

    NOT_ASKED = "not_asked", _("No antivirus is configured")
    WAITING = "waiting", _("Being scanned")
    CLEAN = "clean", _("Nothing found")
    INFECTED = "infected", _("Malware found")


class PreviewState(models.TextChoices):
    """Whether the pages of a file can be looked at as pictures."""

    WAITING = "waiting", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Cannot be shown")


class ViewKind(models.TextChoices):
    """What somebody looked at: one page as a picture, or the file as it was sent."""

    PAGE = "page", _("Page")
    ORIGINAL = "original", _("Original file")


class BankAccountState(models.TextChoices):
    """Where the check of a bank account stands."""

    PENDING = "pending", _("To be confirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")
    REPLACED = "replaced", _("Replaced")
    CANCELLED = "cancelled", _("Cancelled by the merchant")


class AgreementKind(models.TextChoices):
    """A text that a merchant accepts."""

    TERMS = "terms", _("Seller agreement")
    SELF_CERTIFICATION = "self_certification", _("Self-certification (DSA, article 30)")


class RequirementState(models.TextChoices):
    """Where one requirement stands (the words of Stripe's accounts)."""

    EVENTUALLY_DUE = "eventually_due", _("Later")
    CURRENTLY_DUE = "currently_due", _("To do")
    PAST_DUE = "past_due", _("Overdue")
    PENDING_VERIFICATION = "pending_verification", _("With us")
    SATISFIED = "satisfied", _("Done")


class CapabilityCode(models.TextChoices):
    """What a merchant wants to be able to do."""

    SELL = "sell", _("Sell")
    PUBLISH = "publish", _("Publish in a market")
    BE_PAID = "be_paid", _("Be paid")


class CapabilityStatus(models.TextChoices):
    """Whether they are: ``pending`` waits for us or a third party, ``inactive`` for the merchant."""

    ACTIVE = "active", _("Possible")
    PENDING = "pending", _("Being checked")
    RESTRICTED = "restricted", _("Restricted")
    INACTIVE = "inactive", _("Not possible")
