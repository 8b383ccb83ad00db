"""The admin's pages of the machinery, and the bases of all pages."""

from core.admin.base import BaseAdmin, ReadOnlyAdmin, TrailMixin
from core.admin.machinery import DeliveryAdmin, EventAdmin, JobAdmin
from core.admin.people import UserAdmin

__all__ = [
    "BaseAdmin",
    "DeliveryAdmin",
    "EventAdmin",
    "JobAdmin",
    "ReadOnlyAdmin",
    "TrailMixin",
    "UserAdmin",
]
