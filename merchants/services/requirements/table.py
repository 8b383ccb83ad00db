"""The requirements as a page for readers, written out from what is declared."""

from collections.abc import Iterator

from django.utils import translation

from merchants.services.requirements.definitions import DEFINITIONS, SECTIONS, Definition

HEAD = """# What a merchant must give

Written by `manage.py requirements_table` from `merchants/services/requirements/definitions/`; a test compares
them. The same declarations make the task list of the portal, the reviewers' checklist and
`GET /api/v1/merchants/me/requirements/`.

*Verified*: `computed` from what is stored, against a `register`, or read by a `person` of ours. *Notice*: how
long a merchant whose store is open has to answer, from the day it is found missing until what it blocks is
blocked; without notice, it waits from the first moment. Before the store opens nothing is late: the file
waits until it is complete.
"""
COLUMNS = (
    "code",
    "requirement",
    "concerns",
    "satisfied by",
    "verified",
    "valid",
    "notice",
    "blocks",
    "source",
)


def as_markdown() -> str:
    """Return ``docs/requirements.md``."""
    with translation.override("en"):
        return "\n".join([HEAD, *_lines()]) + "\n"


def _lines() -> Iterator[str]:
    for section, title in SECTIONS.items():
        declared = [d for d in DEFINITIONS if d.section == section]
        if not declared:
            continue
        yield f"## {title}\n"
        yield _row(*COLUMNS)
        yield _row(*("---" for _column in COLUMNS))
        yield from (_row(*_cells(definition)) for definition in declared)
        yield ""


def _cells(definition: Definition) -> tuple[str, ...]:
    return (
        f"`{definition.code}`",
        str(definition.title),
        definition.concerns,
        definition.satisfied_by,
        definition.verified,
        definition.validity or (f"{definition.valid_for.days} days" if definition.valid_for else "for good"),
        f"{definition.notice.days} days" if definition.notice is not None else "none",
        ", ".join(sorted(definition.blocks)),
        definition.source,
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
