"""What every app stands on: people who sign in, and how rows are named and owned."""

import uuid
from typing import Any, ClassVar, Self

import uuid_utils.compat
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def new_public_id() -> uuid.UUID:
    """Return a UUID of version 7 (RFC 9562): unguessable, and ordered by time."""
    return uuid_utils.compat.uuid7()


class OwnedQuerySet(models.QuerySet[Any]):
    """Rows that may belong to a merchant."""

    def for_merchant(self, merchant: models.Model | int) -> Self:
        """Keep the merchant's own rows. A model that belongs to nobody refuses with ``TypeError``."""
        path = self.model.merchant_path
        if path is None:
            raise TypeError(f"{self.model.__name__} belongs to no merchant")
        return self.filter(**{path: merchant})


class BaseModel(models.Model):
    """A table of ours.

    Each says to which merchant its rows belong: ``merchant_path`` is the lookup that leads from a row
    to the merchant, or None for tables that all share. A test refuses a model that does not say it.
    """

    merchant_path: ClassVar[str | None]

    objects = models.Manager.from_queryset(OwnedQuerySet)()

    class Meta:
        abstract = True


class PublicModel(BaseModel):
    """A table whose rows are named outside by ``public_id``; the primary key stays inside."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person; the address is kept in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, whether a merchant's or the marketplace's."""

    merchant_path: ClassVar[str | None] = None

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=10, default="fr")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="core_user_email_lower")
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name or self.email

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email
