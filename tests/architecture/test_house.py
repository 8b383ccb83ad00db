"""The rules of the house that no linter knows. Each failure names the file and the line."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist

ROOT = Path(settings.BASE_DIR)
ROOMS = ("config", "core", "partners", "merchants", "catalog", "marketing", "orders")
OURS = {"core", "partners", "merchants", "catalog", "marketing", "orders"}
FILE_LINES, FUNCTION_LINES, TEMPLATE_LINES = 400, 60, 200


def files(*rooms: str, suffix: str = ".py") -> Iterator[Path]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob(f"*{suffix}")):
            if "migrations" not in path.parts and "vendor" not in path.parts:
                yield path


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def lines_matching(pattern: str, paths: Iterator[Path]) -> list[str]:
    return [
        f"{place(path, number)} {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_no_file_is_longer_than_can_be_read() -> None:
    python = [(path, FILE_LINES) for path in files(*ROOMS, "tests", "benchmarks")]
    templates = [(path, TEMPLATE_LINES) for path in files(*ROOMS, "templates", suffix=".html")]

    lengths = [
        (path, len(path.read_text(encoding="utf-8").splitlines()), limit)
        for path, limit in python + templates
    ]

    assert [f"{path.relative_to(ROOT)}: {length}" for path, length, limit in lengths if length > limit] == []


def test_no_function_is_longer_than_a_screen() -> None:
    long = []
    for path in files(*ROOMS, "tests", "benchmarks"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    long.append(f"{place(path, node.lineno)} {node.name}: {length}")

    assert long == []


def test_templates_hold_no_script_or_style_of_their_own() -> None:
    inline = (
        r"<script(?![^>]*\bsrc=)(?![^>]*type=.application/(ld\+)?json)[^>]*>"
        r"|<style\b|\sstyle=[\"']|\son[a-z]+=[\"']|javascript:"
    )
    # Mail programs read no stylesheet: there, and only there, styles stand on the element.
    pages = (path for path in files(*ROOMS, "templates", suffix=".html") if "email" not in str(path))

    assert lines_matching(inline, pages) == []


def test_time_is_given_or_asked_of_django() -> None:
    assert lines_matching(r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(", files(*ROOMS)) == []


def test_nothing_is_left_to_do_in_a_comment() -> None:
    left = [
        f"{place(path, token.start[0])} {token.string}"
        for path in files(*ROOMS, "tests", "benchmarks")
        for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
        if token.type == tokenize.COMMENT and re.search(r"\b(TODO|FIXME|XXX|HACK)\b", token.string)
    ]

    assert left == []


def our_models() -> list[type]:
    # History tables are made from the model they follow, which is the one to say whose its rows are.
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in OURS and not hasattr(model, "pgh_tracked_model")
    ]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_table_says_whose_its_rows_are(model: type) -> None:
    assert "merchant_path" in dir(model), "declare merchant_path (a lookup, or None)"
    path = model.merchant_path
    if path == "merchant_id" and model._meta.app_label in {"core", "partners"}:
        return  # Apps below merchants know it by its number only.
    assert path is None or leads_to(model, path) == "merchants.Merchant"


def leads_to(model: type, path: str) -> str:
    """Follow a lookup such as ``order__merchant`` and name the model at its end."""
    for step in path.split("__"):
        if step in {"pk", "id"}:
            break
        try:
            model = model._meta.get_field(step).related_model
        except FieldDoesNotExist:
            pytest.fail(f"{model._meta.label} has no field {step} (in {path})")
    return model._meta.label


def test_services_are_the_only_place_that_saves() -> None:
    doors = r"/(admin|tasks|consumers)\.py$|/(web|api|admin)/"
    writes = r"\.(save|bulk_create|bulk_update|delete|update_or_create|get_or_create)\(|\.objects\.create\("
    # What allauth asks of its adapter is to save the person it made: there is no service above it.
    allowed = ("core/web/accounts.py",)
    found = [
        line
        for line in lines_matching(writes, (path for path in files(*OURS) if re.search(doors, str(path))))
        if "super()." not in line and not line.startswith(allowed)
    ]

    assert found == []


def test_cases_have_the_same_names_in_every_process() -> None:
    """Workers of a parallel run refuse to begin when a case is named after a moment or a random number."""
    loose = r"parametrize\(.*(uuid[47]\(|new_public_id\(|timezone\.now\(|token_urlsafe\(|random\.)"

    assert lines_matching(loose, files("tests")) == []
