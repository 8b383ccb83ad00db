"""Compare the names that stores have already, and keep the addresses that they gave out."""

from django.db import migrations

from merchants.services import store_names


def fill(apps, schema_editor):
    merchants = apps.get_model("merchants", "Merchant")
    addresses = apps.get_model("merchants", "StoreAddress")
    seen = set()
    for merchant in merchants.objects.exclude(store_name="").order_by("pk").iterator():
        key = store_names.key(merchant.store_name)
        # Of two that look alike, the later keeps its name until it changes it.
        if key and key not in seen:
            seen.add(key)
            merchants.objects.filter(pk=merchant.pk).update(name_key=key)
        if merchant.slug:
            addresses.objects.get_or_create(
                slug=merchant.slug,
                defaults={"merchant": merchant, "since": merchant.opened_at or merchant.created_at},
            )


class Migration(migrations.Migration):
    dependencies = [("merchants", "0009_add_trade_facts")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
