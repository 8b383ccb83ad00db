"""How far something is: a bar, and always the figures."""

from typing import Any

from core.web.components.figures import number


def progress(
    value: int, maximum: int, label: str, note: str = "", tone: str = "", of_label: str = ""
) -> dict[str, Any]:
    """Show ``value`` of ``maximum``; ``note`` stands under the bar. ``tone``: empty, ``soon`` or ``late``."""
    return {
        "value": value,
        "maximum": max(maximum, 1),
        "shown": number(value),
        "shown_maximum": number(maximum),
        "label": label,
        "note": note,
        "tone": tone,
        "of_label": of_label,
    }


def stepper(steps: str | list[str], current: int) -> dict[str, Any]:
    """Show the steps of a wizard; ``steps`` is a list or words between ``|``, ``current`` counts from one."""
    names = steps.split("|") if isinstance(steps, str) else [str(step) for step in steps]
    return {
        "steps": [
            {"number": n, "name": name, "is_current": n == current, "is_past": n < current}
            for n, name in enumerate(names, start=1)
        ],
        "current": current,
        "total": len(names),
    }
