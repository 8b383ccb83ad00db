"""Who may sell."""

from merchants.models.bank import BankAccount
from merchants.models.company import Company, Person, RegistryCheck
from merchants.models.file import (
    AgreementAcceptance,
    AgreementText,
    Application,
    Decision,
    Reopening,
    Requirement,
)
from merchants.models.letters import Letter
from merchants.models.measures import Appeal, Measure, MeasureStep, Statement
from merchants.models.papers import Document, DocumentPart, DocumentView, StoredFile
from merchants.models.register import RegisterChange
from merchants.models.review import Note, Reading, ReasonText, RequirementCheck
from merchants.models.scrutiny import FreezeList, FrozenParty, NameMatch, RiskAssessment, Trait
from merchants.models.standing import Capability
from merchants.models.store import Invitation, Membership, Merchant, MerchantApplication, Notification
from merchants.models.storefront import Holiday, ReturnsAddress, StoreAddress, StorePage, StoreText
from merchants.models.team import OwnershipOffer
from merchants.models.trade import EprIdentifier, SafetyContact, TaxIdentity, TradePlan, VatRegistration
from merchants.models.visits import SupportPage, SupportVisit

__all__ = [
    "AgreementAcceptance",
    "AgreementText",
    "Appeal",
    "Application",
    "BankAccount",
    "Capability",
    "Company",
    "Decision",
    "Document",
    "DocumentPart",
    "DocumentView",
    "EprIdentifier",
    "FreezeList",
    "FrozenParty",
    "Holiday",
    "Invitation",
    "Letter",
    "Measure",
    "MeasureStep",
    "Membership",
    "Merchant",
    "MerchantApplication",
    "NameMatch",
    "Note",
    "Notification",
    "OwnershipOffer",
    "Person",
    "Reading",
    "ReasonText",
    "RegisterChange",
    "RegistryCheck",
    "Reopening",
    "Requirement",
    "RequirementCheck",
    "ReturnsAddress",
    "RiskAssessment",
    "SafetyContact",
    "Statement",
    "StoreAddress",
    "StorePage",
    "StoreText",
    "StoredFile",
    "SupportPage",
    "SupportVisit",
    "TaxIdentity",
    "TradePlan",
    "Trait",
    "VatRegistration",
]
