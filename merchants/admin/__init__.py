"""The merchants' part of the admin."""

from merchants.admin.appeals import AppealAdmin
from merchants.admin.applications import ApplicationAdmin
from merchants.admin.bank import BankAccountAdmin
from merchants.admin.documents import DocumentAdmin
from merchants.admin.epr import EprIdentifierAdmin
from merchants.admin.files import AgreementTextAdmin, DecisionAdmin, MerchantAdmin, RegistryCheckAdmin
from merchants.admin.letters import LetterAdmin
from merchants.admin.measures import MeasureAdmin
from merchants.admin.reasons import ReasonTextAdmin
from merchants.admin.renewals import RequirementAdmin
from merchants.admin.visits import SupportVisitAdmin

__all__ = [
    "AgreementTextAdmin",
    "AppealAdmin",
    "ApplicationAdmin",
    "BankAccountAdmin",
    "DecisionAdmin",
    "DocumentAdmin",
    "EprIdentifierAdmin",
    "LetterAdmin",
    "MeasureAdmin",
    "MerchantAdmin",
    "ReasonTextAdmin",
    "RegistryCheckAdmin",
    "RequirementAdmin",
    "SupportVisitAdmin",
]
