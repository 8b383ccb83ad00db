"""Who may sell."""

from merchants.models.company import Company, EprIdentifier, Person, RegistryCheck, VatRegistration
from merchants.models.file import (
    AgreementAcceptance,
    AgreementText,
    Application,
    BankAccount,
    Decision,
    Document,
    DocumentView,
    Reopening,
    Requirement,
)
from merchants.models.letters import Letter
from merchants.models.review import Note, ReasonText, RequirementCheck
from merchants.models.store import Invitation, Membership, Merchant, MerchantApplication, Notification

__all__ = [
    "AgreementAcceptance",
    "AgreementText",
    "Application",
    "BankAccount",
    "Company",
    "Decision",
    "Document",
    "DocumentView",
    "EprIdentifier",
    "Invitation",
    "Letter",
    "Membership",
    "Merchant",
    "MerchantApplication",
    "Note",
    "Notification",
    "Person",
    "ReasonText",
    "RegistryCheck",
    "Reopening",
    "Requirement",
    "RequirementCheck",
    "VatRegistration",
]
