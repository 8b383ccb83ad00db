"""The trail in a file: whole, unchanged and signed, or said where not."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from core import audit, sealed
from core.models import User
from core.services import trail_export
from merchants.models import EprIdentifier
from tests.factories import make_member, make_merchant

pytestmark = pytest.mark.django_db
OTHER_KEY = "YW5vdGhlci1pbnN0YW5jZS1rZXktb2YtMzItYnl0ZXM="


@pytest.fixture
def exported() -> list[str]:
    with audit.acting(user=1, ip="192.0.2.7", reason="Demande du marchand"):
        person = User.objects.create_user("a@example.org", full_name="Ada")
    User.objects.filter(pk=person.pk).update(language="en")
    return export()


def export(**options) -> list[str]:
    out = io.StringIO()
    trail_export.write(out, at=timezone.now(), **options)
    return out.getvalue().splitlines(keepends=True)


def test_a_file_tells_each_version_and_holds(exported):
    versions = [json.loads(line) for line in exported[1:-1]]

    assert [(one["table"], one["act"], one["row"]["language"]) for one in versions] == [
        ("core.UserEvent", "insert", "fr"),
        ("core.UserEvent", "update", "en"),
    ]
    assert versions[0]["context"] == {"user": 1, "ip": "192.0.2.7", "reason": "Demande du marchand"}
    assert "Ada" not in "".join(exported)
    assert trail_export.verify(exported).lines == 2


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (lambda lines: [lines[0], lines[1].replace('"fr"', '"de"'), *lines[2:]], "line 3: does not follow"),
        (lambda lines: [lines[0], *lines[2:]], "line 2: does not follow"),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], "line 2: does not follow"),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], "line 3: does not follow"),
        (lambda lines: lines[:-1], "cut off"),
        (lambda lines: [*lines[:2], lines[3]], "line 3: the seal does not follow"),
        (lambda lines: [*lines, lines[1]], "stands after the seal"),
        (lambda lines: ["nothing\n"], "line 1: cannot be read"),
        (lambda lines: ["[]\n"], "line 1: cannot be read"),
        (lambda lines: ["{}\n"], "line 1: not a file"),
        (lambda lines: [], "cut off"),
    ],
    ids=[
        "changed",
        "removed",
        "moved",
        "doubled",
        "cut",
        "last removed",
        "added",
        "no json",
        "no object",
        "other",
        "empty",
    ],
)
def test_a_forged_file_is_found_out(exported, forge, said):
    with pytest.raises(trail_export.Forged, match=said):
        trail_export.verify(forge(exported))


def test_a_file_signed_by_somebody_else_is_found_out(exported, settings):
    settings.INSTANCE_KEY, ours = OTHER_KEY, settings.INSTANCE_KEY
    with pytest.raises(trail_export.Forged, match="not this instance's"):
        trail_export.verify(exported)

    settings.INSTANCE_KEYS_OLD = [ours]
    assert trail_export.verify(exported).lines == 2


def test_a_signature_put_under_other_lines_is_found_out(exported):
    seal = json.loads(exported[-1])
    seal["seal"]["signature"] = "AAAA"

    with pytest.raises(trail_export.Forged, match="signature is wrong"):
        trail_export.verify([*exported[:-1], json.dumps(seal)])


def test_a_merchants_file_holds_theirs_alone_and_only_ciphertext():
    mine, other = make_merchant("Perdrelle"), make_merchant("Voisine")
    make_member(mine)
    make_member(other)

    text = "".join(export(merchant_id=mine.pk))

    assert "Perdrelle" in text and "Voisine" not in text
    sealed.destroy(mine.data_key)
    # The merchant, the membership, and the identifiers that every merchant of the tests has.
    lines = 2 + EprIdentifier.objects.for_merchant(mine).count()
    assert trail_export.verify(export(merchant_id=mine.pk)).lines == lines


def test_the_commands_write_and_check_a_file(exported, tmp_path: Path, capsys):
    file = tmp_path / "trail.jsonl"

    call_command("export_trail", str(file), "--since", "2020-01-01")
    call_command("verify_trail", str(file))
    assert "2 versions" in capsys.readouterr().out
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_trail", str(file))
    file.write_text(file.read_text().replace('"fr"', '"de"'))
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_trail", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_trail", str(tmp_path / "missing"))


@pytest.mark.parametrize("model", trail_export.history_models(), ids=lambda model: model._meta.label)
def test_every_table_of_history_refuses_to_be_rewritten(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger "
            "WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'",
            [model._meta.db_table],
        )
        triggers = [row[0] for row in cursor.fetchall()]

    rows = [one for one in triggers if "append_only" in one and "BEFORE" in one and "FOR EACH ROW" in one]
    assert any("DELETE" in one for one in rows) and any("UPDATE" in one for one in rows)
    assert any("BEFORE TRUNCATE" in one for one in triggers)
