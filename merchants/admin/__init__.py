"""The merchants' part of the admin."""

from merchants.admin.applications import ApplicationAdmin
from merchants.admin.files import AgreementTextAdmin, DecisionAdmin, MerchantAdmin, RegistryCheckAdmin

__all__ = [
    "AgreementTextAdmin",
    "ApplicationAdmin",
    "DecisionAdmin",
    "MerchantAdmin",
    "RegistryCheckAdmin",
]
