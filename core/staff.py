"""Groups of the marketplace's staff: what each job needs, declared by the apps, kept in step by ``migrate``.

An app says in its ``staff.py`` what its part of a job needs; ``AppConfig.ready`` of core finds them. After
each migration (and after a test emptied the tables) the groups exist and have these permissions at least.
"""

from collections import defaultdict
from fnmatch import fnmatchcase
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db import models


class StaffGroup(models.TextChoices):
    """The jobs. The auditor reads all and changes nothing; the administrator may do whatever staff may."""

    REVIEWER = "reviewer"
    LEAD_REVIEWER = "lead reviewer"
    CATALOGUE_MODERATOR = "catalogue moderator"
    SUPPORT = "support"
    FINANCE = "finance"
    CAMPAIGN_MANAGER = "campaign manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


_grants: dict[str, set[str]] = defaultdict(set)
_grants[StaffGroup.AUDITOR].add("*.view_*")
_grants[StaffGroup.ADMINISTRATOR].add("*.*")


def grant(group: StaffGroup, *permissions: str) -> None:
    """Give a group permissions, named ``merchants.view_merchant`` or by pattern ``merchants.view_*``."""
    _grants[group].update(permissions)


def synchronize(sender: AppConfig, using: str, **_kwargs: Any) -> None:
    """Give the groups the permissions of one app that it has just created. Takes none away."""
    available = {
        f"{sender.label}.{codename}": pk
        for pk, codename in Permission.objects.using(using)
        .filter(content_type__app_label=sender.label)
        .values_list("pk", "codename")
    }
    if not available:
        return
    for name in StaffGroup.values:
        wanted = [
            pk for full, pk in available.items() if any(fnmatchcase(full, p) for p in _grants.get(name, ()))
        ]
        group, _created = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*wanted)
