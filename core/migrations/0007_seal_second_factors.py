"""Seal what lay in clear: secrets of authenticator apps, seeds of recovery codes."""

from base64 import b64decode, b64encode
from collections.abc import Callable

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core import sealed

SECRETS = {"totp": "secret", "recovery_codes": "seed"}


def seal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if not _rows(apps).exists():
        return
    keys = apps.get_model("core", "DataKey").objects
    key = keys.filter(purpose=sealed.SECOND_FACTOR).first()
    key = key or keys.create(purpose=sealed.SECOND_FACTOR, wrapped=sealed.new_wrapped())
    _rewrite(apps, lambda text: b64encode(sealed.seal(key.pk, text)).decode())


def unseal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _rewrite(apps, lambda text: sealed.unseal(b64decode(text)))


def _rows(apps: Apps) -> models.QuerySet[models.Model]:
    rows: models.QuerySet[models.Model] = apps.get_model("mfa", "Authenticator").objects.filter(
        type__in=SECRETS
    )
    return rows


def _rewrite(apps: Apps, change: Callable[[str], str]) -> None:
    for row in _rows(apps).select_for_update().iterator(chunk_size=500):
        data = row.data
        # Codes brought from another system lie in a list; we have never had any, and seal them all the same.
        if codes := data.get("migrated_codes"):
            data["migrated_codes"] = [change(code) for code in codes]
        if secret := data.get(SECRETS[row.type]):
            data[SECRETS[row.type]] = change(secret)
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_add_retention_indexes"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="datakey", name="core_datakey_one_fingerprint"),
        migrations.AddConstraint(
            model_name="datakey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose__in", ["fingerprint", "second factor"])),
                fields=("purpose",),
                name="core_datakey_one_for_all",
            ),
        ),
        migrations.RunPython(seal, unseal),
    ]
