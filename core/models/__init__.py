"""What every app stands on."""

from core.models.base import BaseModel, OwnedQuerySet, PublicModel, new_public_id
from core.models.fields import SealedField
from core.models.keys import DataKey
from core.models.people import User, UserManager

__all__ = [
    "BaseModel",
    "DataKey",
    "OwnedQuerySet",
    "PublicModel",
    "SealedField",
    "User",
    "UserManager",
    "new_public_id",
]
