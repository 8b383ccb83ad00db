from django.contrib.auth.models import Group

from core.staff import StaffGroup


def codenames(name):
    return {
        f"{app}.{code}"
        for app, code in Group.objects.get(name=name).permissions.values_list(
            "content_type__app_label", "codename"
        )
    }


def test_every_group_exists(db):
    assert set(Group.objects.values_list("name", flat=True)) == set(StaffGroup.values)


def test_the_auditor_reads_all_and_changes_nothing(db):
    held = codenames(StaffGroup.AUDITOR)

    assert {"merchants.view_document", "core.view_user", "orders.view_order"} <= held
    assert {code for code in held if not code.split(".")[1].startswith("view_")} == set()


def test_a_reviewer_decides_on_files_and_edits_none_of_their_fields(db):
    held = codenames(StaffGroup.REVIEWER)

    assert "merchants.review_application" in held
    writes = {c for c in held if c.split(".")[1].startswith(("change_", "add_", "delete_"))}
    assert writes == {"merchants.add_note"}


def test_the_catalogue_moderator_does_not_see_documents(db):
    assert "merchants.view_document" not in codenames(StaffGroup.CATALOGUE_MODERATOR)
