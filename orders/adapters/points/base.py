"""What every source of pickup points is read into."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from orders.enums import PointKind, PointStatus


@dataclass(frozen=True, slots=True)
class PointDraft:
    """A pickup point as its network describes it, not yet checked. ``line`` is where in the source.

    Coordinates in degrees, opening hours in OpenStreetMap's syntax ("" when unknown), grams, millimetres.
    """

    line: int
    code: str
    name: str
    kind: PointKind
    street: str
    postcode: str
    city: str
    country: str
    latitude: float | None
    longitude: float | None
    street2: str = ""
    opening_hours: str = ""
    phone: str = ""
    services: tuple[str, ...] = field(default=())
    max_weight_g: int | None = None
    max_side_mm: int | None = None
    capacity: int | None = None
    status: PointStatus = PointStatus.OPEN


class BrokenSource(Exception):
    """The source cannot be read on. Nothing of it may be applied."""

    def __init__(self, problem: str, *, line: int | None = None) -> None:
        super().__init__(problem if line is None else f"line {line}: {problem}")
        self.problem, self.line = problem, line


class Parser(Protocol):
    """Reads one format. Yields as it reads; raises ``BrokenSource`` when it cannot go on."""

    def __call__(self, stream: BinaryIO) -> Iterator[PointDraft]: ...


def text_lines(stream: BinaryIO) -> Iterator[str]:
    """Yield the lines of a UTF-8 file; ``BrokenSource`` names the line that is not."""
    for number, line in enumerate(stream, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise BrokenSource("not UTF-8", line=number) from error


def degrees(text: object) -> float | None:
    """Read a coordinate with a decimal point or comma; None when there is none to read."""
    try:
        return float(str(text).strip().replace(",", "."))
    except ValueError:
        return None


WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def osm_hours(days: list[list[tuple[str, str]]]) -> str:
    """Write a week's opening times in OpenStreetMap's syntax. ``days`` is Monday to Sunday.

    Days with the same times are grouped, contiguous slots joined; a week without any slot is unknown
    rather than always closed, as networks fill what they do not know with zeros.
    """
    week = [_joined(slots) for slots in days]
    if not any(week):
        return ""
    if all(slots == [("00:00", "24:00")] for slots in week):
        return "24/7"
    rules = []
    start = 0
    for index in range(1, len(week) + 1):
        if index < len(week) and week[index] == week[start]:
            continue
        if week[start]:
            name = WEEKDAYS[start] if index - start == 1 else f"{WEEKDAYS[start]}-{WEEKDAYS[index - 1]}"
            rules.append(f"{name} " + ",".join(f"{opens}-{closes}" for opens, closes in week[start]))
        start = index
    return "; ".join(rules)


def _joined(slots: list[tuple[str, str]]) -> list[tuple[str, str]]:
    joined: list[tuple[str, str]] = []
    for opens, closes in slots:
        if closes in {"23:59", "00:00"} and opens < "23:59":
            closes = "24:00"
        opens = "00:00" if opens == "00:01" else opens
        if opens >= closes:
            continue
        if joined and joined[-1][1] >= opens:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return joined
