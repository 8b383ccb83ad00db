"""People who sign in."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models.base import new_public_id


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


# What a person is called is theirs and not sealed: history keeps what they may do, not who they are.
@tracked(exclude=["password", "last_login", "email", "full_name"])
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


@tracked(model_name="UserGroupEvent")
class UserGroup(User.groups.through):  # type: ignore[name-defined,misc]
    """Who is in which group; a proxy, so that its history is kept."""

    merchant_path: ClassVar[str | None] = None

    class Meta:
        proxy = True
        verbose_name = _("group of a person")
        verbose_name_plural = _("groups of people")


@tracked(model_name="UserPermissionEvent")
class UserPermission(User.user_permissions.through):  # type: ignore[name-defined,misc]
    """Who has which permission directly; a proxy, so that its history is kept."""

    merchant_path: ClassVar[str | None] = None

    class Meta:
        proxy = True
        verbose_name = _("permission of a person")
        verbose_name_plural = _("permissions of people")
