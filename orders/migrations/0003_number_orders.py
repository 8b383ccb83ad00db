from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_balance_ledger_entries")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE orders_number", "DROP SEQUENCE orders_number"),
    ]
