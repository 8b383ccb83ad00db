"""Who may sell."""

from merchants.models.company import Company, EprIdentifier, Person, RegistryCheck, VatRegistration
from merchants.models.file import (
    AgreementAcceptance,
    AgreementText,
    Application,
    BankAccount,
    Decision,
    Reopening,
    Requirement,
)
from merchants.models.letters import Letter
from merchants.models.papers import Document, DocumentPart, DocumentView, StoredFile
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
    "DocumentPart",
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
    "StoredFile",
    "VatRegistration",
]
