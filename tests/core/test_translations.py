"""Catalogues are written for a small project of one module and one template."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from core import translations

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
title = _("Store")
count = ngettext("%(n)s order", "%(n)s orders", 2)
verb = pgettext("verb", "Order")
computed = _(title)
"""
TEMPLATE = """{% load i18n %}
  <h1>{% translate "Today's orders" %}</h1>
      {% blocktranslate trimmed count n=n %}
         {{ n }} line
      {% plural %}
         {{ n }} lines
      {% endblocktranslate %}
  {# a comment that's not closed by a quote #}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "words.py").write_text(CODE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    return tmp_path


def translate(root: Path, texts: dict) -> None:
    catalog = translations.update(root, "fr")
    for message in catalog:
        if message.id in texts:
            message.string = texts[message.id]
    with translations.catalogue(root, "fr").open("wb") as file:
        translations.write_po(file, catalog, no_location=True, sort_output=True)


WHOLE = {
    "Store": "Boutique",
    ("%(n)s order", "%(n)s orders"): ("%(n)s commande", "%(n)s commandes"),
    "Order": "Commander",
    "Today's orders": "Commandes du jour",
    ("%(n)s line", "%(n)s lines"): ("%(n)s ligne", "%(n)s lignes"),
}


def test_extract_reads_code_and_templates(root: Path) -> None:
    found = {(message.id, message.context) for message in translations.extract(root) if message.id}

    assert found == {(text, "verb" if text == "Order" else None) for text in WHOLE}


def test_problems_tells_each_missing_and_untranslated_message(root: Path) -> None:
    assert len([line for line in translations.problems(root, "fr") if line.startswith("missing")]) == 5

    translations.update(root, "fr")

    assert sorted(translations.problems(root, "fr"))[0] == 'not translated: "Today\'s orders"'
    assert len(translations.problems(root, "fr")) == 5
    assert translations.update(root, "en") and translations.problems(root, "en") == []


def test_a_whole_catalogue_has_no_problem(root: Path) -> None:
    translate(root, WHOLE)

    assert translations.problems(root, "fr") == []


def test_a_lost_placeholder_is_a_problem(root: Path) -> None:
    translate(root, {**WHOLE, ("%(n)s order", "%(n)s orders"): ("%(x)s commande", "%(x)s commandes")})

    assert len(translations.problems(root, "fr")) == 1


def test_update_keeps_translations_and_drops_what_is_gone(root: Path) -> None:
    translate(root, WHOLE)
    (root / "templates" / "page.html").unlink()

    translations.update(root, "fr")

    text = translations.catalogue(root, "fr").read_text()
    assert "Boutique" in text
    assert "Commandes du jour" not in text
    assert "#: " not in text


def test_update_twice_writes_the_same(root: Path) -> None:
    translate(root, WHOLE)
    translations.update(root, "fr")
    first = translations.catalogue(root, "fr").read_bytes()

    translations.update(root, "fr")

    assert translations.catalogue(root, "fr").read_bytes() == first


def test_compile_writes_once_what_django_reads(root: Path) -> None:
    translate(root, WHOLE)

    assert translations.compile_all(root) == 1
    assert translations.compile_all(root) == 0
    with translations.catalogue(root, "fr").open("rb") as file:
        assert read_po(file).get("Store").string == "Boutique"
    assert translations.catalogue(root, "fr").with_suffix(".mo").stat().st_size > 0


@pytest.mark.parametrize("text", ["Quoi ?", "« Boutique »", "L'aide"])
def test_french_keeps_its_signs_with_their_words(root: Path, text: str) -> None:
    translate(root, {**WHOLE, "Store": text})

    problems = translations.problems(root, "fr")

    assert problems == ["spaces that break, or straight apostrophes: 'Store'"]
