"""Every requirement applies, does not, is satisfied and expires as it declares."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from django.conf import settings

from merchants.enums import RequirementState
from merchants.services.requirements import CODES, DEFINITIONS, OPEN, Definition, table
from merchants.services.requirements.definitions.base import always
from tests.merchants import requirements as package
from tests.merchants.conftest import AT
from tests.merchants.requirements.cases import CASES, EVERY_MERCHANT, NEVER, Sheet

for module in pkgutil.iter_modules(package.__path__):
    importlib.import_module(f"{package.__name__}.{module.name}")

with_cases = pytest.mark.parametrize(
    "definition", [d for d in DEFINITIONS if d.code in CASES], ids=lambda d: d.code
)


@pytest.fixture
def sheet(merchant, owner, maker, checker) -> Sheet:
    return Sheet(merchant, owner, maker, checker, AT)


def test_every_requirement_has_its_four_cases() -> None:
    assert set(CASES) == CODES


@with_cases
def test_it_applies_and_is_open(definition: Definition, sheet: Sheet) -> None:
    CASES[definition.code].applies(sheet)

    item = sheet.item(definition.code)

    assert item is not None and item.state in OPEN


@with_cases
def test_it_does_not_concern_others(definition: Definition, sheet: Sheet) -> None:
    does_not = CASES[definition.code].does_not
    if does_not is EVERY_MERCHANT:
        assert definition.applies is always
        return
    does_not(sheet)

    assert definition.applies is not always
    assert sheet.item(definition.code) is None


@with_cases
def test_it_is_satisfied(definition: Definition, sheet: Sheet) -> None:
    CASES[definition.code].applies(sheet)
    CASES[definition.code].satisfied(sheet)

    item = sheet.item(definition.code)

    assert item is not None and item.state == RequirementState.SATISFIED


@with_cases
def test_it_expires(definition: Definition, sheet: Sheet) -> None:
    cases = CASES[definition.code]
    if cases.expired is NEVER:
        assert not definition.expires
        return
    cases.applies(sheet)
    cases.satisfied(sheet)
    cases.expired(sheet)

    item = sheet.item(definition.code)

    assert definition.expires
    assert item is not None and item.state in OPEN


def test_the_page_of_the_documentation_is_written_from_the_declarations() -> None:
    page = Path(settings.BASE_DIR) / "docs" / "requirements.md"

    assert page.read_text(encoding="utf-8") == table.as_markdown()
