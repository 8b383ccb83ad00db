"""Measures against a merchant, and appeals."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeasureKind(models.TextChoices):
    """What we do to a merchant: regulation (EU) 2019/1150, article 4; (EU) 2022/2065, article 17."""

    RESTRICTION = "restriction", _("Restriction")
    SUSPENSION = "suspension", _("Suspension")
    TERMINATION = "termination", _("Termination")
    REFUSAL = "refusal", _("Refusal to open the store")


class MeasureStatus(models.TextChoices):
    """Where a measure stands; the steps between are in ``merchants.transitions``."""

    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Announced")
    IN_FORCE = "in_force", _("In force")
    LIFTED = "lifted", _("Lifted")
    EXPIRED = "expired", _("Ended at its date")
    OVERTURNED = "overturned", _("Overturned on appeal")
    WITHDRAWN = "withdrawn", _("Proposal withdrawn")


class RestrictedCapability(models.TextChoices):
    """What a restriction takes away."""

    PUBLICATION = "publication", _("Publication of products")
    MARKET = "market", _("Sales in one market")
    PAYOUTS = "payouts", _("Payouts")


class MeasureReason(models.TextChoices):
    """Why, in a word that statistics can count."""

    INFORMATION_MISSING = "information_missing", _("Information asked for was not given")
    INFORMATION_FALSE = "information_false", _("Information given is inaccurate or false")
    IDENTITY_UNVERIFIED = "identity_unverified", _("Identity or company could not be verified")
    COMPANY_CEASED = "company_ceased", _("The company has ceased its activity")
    ACTIVITY_FORBIDDEN = "activity_forbidden", _("The activity is not allowed on the marketplace")
    ILLEGAL_PRODUCT = "illegal_product", _("Illegal product")
    UNSAFE_PRODUCT = "unsafe_product", _("Dangerous product")
    COUNTERFEIT = "counterfeit", _("Infringement of intellectual property")
    CONSUMER_RIGHTS = "consumer_rights", _("Breach of buyers’ rights")
    LATE_SHIPPING = "late_shipping", _("Orders not sent, or sent late")
    FRAUD = "fraud", _("Fraud or deception")
    TAX_REPORTING = "tax_reporting", _("Tax information not given (DAC7)")
    AUTHORITY_ORDER = "authority_order", _("Order of an authority")
    REPEATED_INFRINGEMENT = "repeated_infringement", _("Repeated infringement of the agreement")
    OTHER = "other", _("Other breach of the agreement")


class MeasureGround(models.TextChoices):
    """On what a measure rests (regulation (EU) 2022/2065, article 17, paragraph 3, points d and e)."""

    TERMS = "terms", _("The agreement")
    LAW = "law", _("The law")


class MeasureSource(models.TextChoices):
    """What brought the facts to us (same article, point b)."""

    OWN_INITIATIVE = "own_initiative", _("Our own checks")
    NOTICE = "notice", _("A notice (DSA, article 16)")
    TRUSTED_FLAGGER = "trusted_flagger", _("A trusted flagger’s notice (DSA, article 22)")
    AUTHORITY = "authority", _("An authority")


class AutomatedMeans(models.TextChoices):
    """What machines had to do with it (same article, point c). People alone decide here."""

    NONE = "none", _("None")
    DETECTION = "detection", _("To find the facts, not to decide")


class NoticeException(models.TextChoices):
    """Why a termination needs no notice (regulation (EU) 2019/1150, article 4, paragraph 4)."""

    LEGAL_OBLIGATION = "legal_obligation", _("A legal obligation leaves us no time")
    NATIONAL_LAW = "national_law", _("An imperative reason of national law")
    REPEATED_INFRINGEMENT = "repeated_infringement", _("Repeated infringement of the agreement")


class AppealStatus(models.TextChoices):
    """Where a merchant's complaint stands (regulation (EU) 2022/2065, article 20)."""

    RECEIVED = "received", _("Received")
    IN_REVIEW = "in_review", _("Being examined")
    DECIDED = "decided", _("Decided")


class AppealOutcome(models.TextChoices):
    """What was decided on it."""

    UPHELD = "upheld", _("The measure stands")
    PARTLY = "partly", _("The measure is reduced")
    OVERTURNED = "overturned", _("The measure is overturned")
