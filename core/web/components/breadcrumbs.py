"""Where one is: the pages above this one."""

from typing import Any


def breadcrumbs(*parts: str) -> dict[str, Any]:
    """``{% breadcrumbs url _("Imports") _("no. 318") %}``: addresses with labels, then this page."""
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    last = parts[-1] if len(parts) % 2 else ""
    return {"links": [{"url": url, "label": label} for url, label in pairs], "last": last}
