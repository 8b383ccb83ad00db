"""Merchants, their applications and members."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MerchantStatus(models.TextChoices):
    """What a merchant may do here, as a whole."""

    ONBOARDING = "onboarding", _("Onboarding")
    ACTIVE = "active", _("Active")
    RESTRICTED = "restricted", _("Restricted")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class ApplicationStatus(models.TextChoices):
    """Where the request to open a store stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    INFORMATION_REQUESTED = "information_requested", _("Information requested")
    PROPOSED = "proposed", _("Approval proposed")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


#: The files that wait for the staff.
WAITING_FOR_US = (ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW, ApplicationStatus.PROPOSED)


class DecisionKind(models.TextChoices):
    """What a member of staff decided on an application."""

    PROPOSE = "propose", _("Approval proposed")
    CONFIRM = "confirm", _("Approval confirmed")
    SEND_BACK = "send_back", _("Proposal sent back")
    REQUEST_INFORMATION = "request_information", _("Information requested")
    REJECT = "reject", _("Rejected")
    ACCEPT_PIECE = "accept_piece", _("Piece accepted")
    REFUSE_PIECE = "refuse_piece", _("Piece refused")


class DecisionReason(models.TextChoices):
    """Why, in a word that statistics can count; the text beside it is what the merchant reads."""

    COMPLETE = "complete", _("The file is complete and consistent")
    DOCUMENT_UNREADABLE = "document_unreadable", _("A document cannot be read")
    DOCUMENT_TOO_OLD = "document_too_old", _("A document is too old")
    DOCUMENT_WRONG = "document_wrong", _("A document is not the one that was asked")
    DOCUMENT_INCOMPLETE = "document_incomplete", _("A page or a side of a document is missing")
    HOLDER_MISMATCH = "holder_mismatch", _("The account is in another name")
    IDENTITY_EXPIRED = "identity_expired", _("An identity document is no longer valid")
    DATA_MISMATCH = "data_mismatch", _("What was declared differs from the register")
    COMPANY_CEASED = "company_ceased", _("The company has ceased its activity")
    ACTIVITY_FORBIDDEN = "activity_forbidden", _("The activity is not allowed on the marketplace")
    FRAUD_SUSPECTED = "fraud_suspected", _("Suspected fraud")
    OTHER = "other", _("Other")


class Verdict(models.TextChoices):
    """What a reviewer says of one requirement."""

    ACCEPTED = "accepted", _("Accepted")
    TO_CORRECT = "to_correct", _("To correct")


class Role(models.TextChoices):
    """What a member does for the merchant."""

    OWNER = "owner", _("Owner")
    ADMINISTRATOR = "administrator", _("Administrator")
    CATALOGUE = "catalogue", _("Catalogue")
    ORDERS = "orders", _("Orders")
    FINANCE = "finance", _("Finance")
    READ_ONLY = "read_only", _("Read only")
