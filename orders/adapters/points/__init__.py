"""Sources of pickup points, each read into the same drafts."""

from orders.adapters.points import inpost, laposte, mondialrelay, plain
from orders.adapters.points.base import BrokenSource, Parser, PointDraft

PARSERS: dict[str, Parser] = {
    "laposte": laposte.parse,
    "inpost": inpost.parse,
    "mondialrelay": mondialrelay.parse,
    "csv": plain.parse,
}

__all__ = ["PARSERS", "BrokenSource", "Parser", "PointDraft"]
