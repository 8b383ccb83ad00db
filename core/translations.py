"""Message catalogues, made without GNU gettext: Babel reads, updates, checks and compiles them.

English is the source; the other catalogues must be complete.
"""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE_LANGUAGE = "en"
ADDRESS = "Passerelle <bonjour@passerelle.example>"
ROOMS = ("config", "core", "partners", "merchants", "catalog", "marketing", "orders", "templates")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# French puts no-break spaces inside « » and before : ; ! ? % €, and curls its apostrophes.
_BREAKABLE = re.compile(r" ([:;!?»€]|%%)|« |[^\W\d]'[^\W\d]")
# A fixed date: two branches that extract on two days must not conflict.
_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def extract(root: Path) -> Catalog:
    """Return every message of the Python code and the templates below ``root``."""
    catalog = _empty(None)
    for path in _sources(root):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            text = re.sub(r"(?m)^[ \t]+", "", templatize(text, origin=str(path)))
        calls = extract_python(io.BytesIO(text.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"})
        for _line, function, found, comments in calls:
            _add(catalog, str(function), found, comments)
    return catalog


def update(root: Path, language: str) -> Catalog:
    """Bring a language's catalogue up to date with the code, write it and return it. Nothing is guessed."""
    path = catalogue(root, language)
    catalog = _read(path, language)
    catalog.update(extract(root), no_fuzzy_matching=True, update_creation_date=True)
    catalog.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, no_location=True, sort_output=True, ignore_obsolete=True)
    return catalog


def problems(root: Path, language: str) -> list[str]:
    """Say what keeps a language's catalogue from being complete and right."""
    catalog, wanted = _read(catalogue(root, language), language), extract(root)
    found = [f"missing: {message.id!r}" for message in wanted if message.id and not _get(catalog, message)]
    for message in catalog:
        if not message.id:
            continue
        if not _get(wanted, message):
            found.append(f"no longer used: {message.id!r}")
        if message.fuzzy:
            found.append(f"fuzzy: {message.id!r}")
        if language != SOURCE_LANGUAGE and not _is_translated(message):
            found.append(f"not translated: {message.id!r}")
        found += [f"{error}: {message.id!r}" for error in message.check(catalog) if _is_translated(message)]
        if language == "fr" and any(_BREAKABLE.search(text) for text in _texts(message)):
            found.append(f"spaces that break, or straight apostrophes: {message.id!r}")
    return found


def compile_all(root: Path) -> int:
    """Write the ``.mo`` beside each ``.po`` that changed since; return how many were written."""
    written = 0
    for source in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        part = target.with_suffix(".part")
        with part.open("wb") as file:
            write_mo(file, _read(source, source.parts[-3]))
        part.replace(target)
        written += 1
    return written


def catalogue(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def _sources(root: Path) -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def _add(catalog: Catalog, function: str, found: Any, comments: Any) -> None:
    arguments = list(found) if isinstance(found, tuple) else [found]
    context = arguments.pop(0) if "pgettext" in function else None
    wanted = 2 if function.startswith("n") else 1
    texts = arguments[:wanted]
    # A computed argument is no message: it arrives as None.
    if len(texts) == wanted and all(texts):
        catalog.add(tuple(texts) if wanted == 2 else texts[0], context=context, auto_comments=comments)


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        catalog = read_po(file, locale=language, domain="django")
    catalog.fuzzy = False
    return catalog


def _empty(language: str | None) -> Catalog:
    return Catalog(
        locale=language,
        domain="django",
        project="Passerelle",
        version="1",
        header_comment="#",
        msgid_bugs_address=ADDRESS,
        last_translator=ADDRESS,
        language_team=ADDRESS,
        creation_date=_DATE,
        revision_date=_DATE,
        fuzzy=False,
    )


def _get(catalog: Catalog, message: Message) -> Message | None:
    key = message.id[0] if isinstance(message.id, tuple) else message.id
    return catalog.get(key, context=message.context)


def _is_translated(message: Message) -> bool:
    return all(_texts(message))


def _texts(message: Message) -> tuple[str, ...]:
    texts: Any = message.string if isinstance(message.string, tuple) else (message.string,)
    return tuple(text or "" for text in texts)
