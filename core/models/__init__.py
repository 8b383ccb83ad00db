"""What every app stands on."""

from core.models.base import BaseModel, OwnedQuerySet, PublicModel, new_public_id
from core.models.fields import SealedField
from core.models.keys import DataKey
from core.models.people import User, UserManager
from core.models.trail import RefuseTruncate, TrailRow, append_only_triggers

__all__ = [
    "BaseModel",
    "DataKey",
    "OwnedQuerySet",
    "PublicModel",
    "RefuseTruncate",
    "SealedField",
    "TrailRow",
    "User",
    "UserManager",
    "append_only_triggers",
    "new_public_id",
]
