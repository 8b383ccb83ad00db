"""The words of the demonstration's products: small tables written by hand, one column a language.

A title is a kind and a quality: *Savon de Marseille* and *à la lavande*, *Marseille soap* and *with
lavender*.
Qualities are phrases that agree with any kind, so that every combination is right in every language.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
#: Told whole, with description and key points.
LANGUAGES = ("fr", "en", "de", "es", "it")
#: Titles alone: the first languages of markets that are none of the five.
TITLES_ONLY = ("pl", "nl", "zh")
ALL = LANGUAGES + TITLES_ONLY

Row = dict[str, str]


@dataclass(frozen=True)
class Kind:
    """A kind of product of a trade. Prices in euros, VAT included; ``sizes`` with their price factor."""

    trade: str
    code: str
    category: str
    low: float
    high: float
    weight_g: int
    sizes: tuple[tuple[str, float], ...]
    words: str
    names: Row


@cache
def kinds() -> tuple[Kind, ...]:
    return tuple(_kind(row) for row in _read("kinds"))


@cache
def qualities() -> dict[str, tuple[Row, ...]]:
    """Return the qualities by table."""
    tables: dict[str, list[Row]] = {}
    for row in _read("qualities"):
        tables.setdefault(row["table"], []).append(row)
    return {name: tuple(rows) for name, rows in tables.items()}


@cache
def stories() -> dict[str, Row]:
    """Return how the things of each trade are made, and in which town."""
    return {row["trade"]: row for row in _read("stories")}


@cache
def points() -> dict[str, Row]:
    """Return the key points; ``{town}`` stands for the town."""
    return {row["point"]: row for row in _read("points")}


def title(kind: Kind, quality: Row, language: str) -> str:
    """Say kind and quality in a language. In Chinese the quality goes first, except after a colon."""
    name, phrase = kind.names[language], quality[language]
    if language == "zh":
        return f"{name}{phrase}" if phrase.startswith("：") else f"{phrase}{name}"
    return f"{name}{phrase}" if phrase[0] in ",:\N{NO-BREAK SPACE}" else f"{name} {phrase}"


def _kind(row: Row) -> Kind:
    sizes = [size.split("=") for size in row["sizes"].split("|") if size]
    return Kind(
        trade=row["trade"],
        code=row["code"],
        category=row["category"],
        low=float(row["low"]),
        high=float(row["high"]),
        weight_g=int(row["weight"]),
        sizes=tuple((name, float(factor)) for name, factor in sizes),
        words=row["words"],
        names={language: row[language] for language in ALL},
    )


def _read(name: str) -> list[Row]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))
