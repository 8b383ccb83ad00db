"""The merchants' part of the admin."""

from merchants.admin.applications import ApplicationAdmin
from merchants.admin.documents import DocumentAdmin
from merchants.admin.files import AgreementTextAdmin, DecisionAdmin, MerchantAdmin, RegistryCheckAdmin
from merchants.admin.letters import LetterAdmin
from merchants.admin.reasons import ReasonTextAdmin

__all__ = [
    "AgreementTextAdmin",
    "ApplicationAdmin",
    "DecisionAdmin",
    "DocumentAdmin",
    "LetterAdmin",
    "MerchantAdmin",
    "ReasonTextAdmin",
    "RegistryCheckAdmin",
]
