"""What every app stands on."""

from core.models.base import BaseModel, OwnedQuerySet, PublicModel, new_public_id
from core.models.fields import SealedField
from core.models.idempotency import IdempotencyKey
from core.models.keys import DataKey
from core.models.limits import RateCounter
from core.models.mail import SentMail
from core.models.outbox import Delivery, Event, Undelivered
from core.models.people import User, UserGroup, UserManager, UserPermission
from core.models.trail import RefuseTruncate, TrailRow, append_only_triggers
from core.models.work import Job

__all__ = [
    "BaseModel",
    "DataKey",
    "Delivery",
    "Event",
    "IdempotencyKey",
    "Job",
    "OwnedQuerySet",
    "PublicModel",
    "RateCounter",
    "RefuseTruncate",
    "SealedField",
    "SentMail",
    "TrailRow",
    "Undelivered",
    "User",
    "UserGroup",
    "UserManager",
    "UserPermission",
    "append_only_triggers",
    "new_public_id",
]
