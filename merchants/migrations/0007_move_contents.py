"""Give each document the file that it was: its content stays where it is, its name is sealed."""

from typing import Any

from django.db import migrations

from core import sealed


def move(apps: Any, schema_editor: Any) -> None:
    document_model = apps.get_model("merchants", "Document")
    stored_model = apps.get_model("merchants", "StoredFile")
    part_model = apps.get_model("merchants", "DocumentPart")
    for document in document_model.objects.select_related("merchant").order_by("pk").iterator():
        stored = stored_model.objects.create(
            created_at=document.created_at,
            merchant_id=document.merchant_id,
            file=document.file.name,
            is_sealed=False,
            original_name=_sealed_name(document),
            content_type=document.content_type,
            size=document.size,
            pages=document.pages or 1,
            sha256=document.sha256,
            uploaded_by_id=document.uploaded_by_id,
        )
        part_model.objects.create(document=document, stored=stored)


def _sealed_name(document: Any) -> bytes:
    try:
        return sealed.seal(document.merchant.data_key_id, document.original_name)
    except sealed.KeyDestroyed:
        return b""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_add_sent_mail"),
        ("merchants", "0006_add_stored_files"),
    ]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
