"""Lists that page, filter and say why they are empty."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page
from django.http import HttpRequest, QueryDict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Chip:
    """One saved view or state above a list: ``value`` is what the query string holds, empty for all."""

    value: str
    label: "str | _StrPromise"
    count: int | None = None


def address(request: HttpRequest, **changes: str | int | None) -> str:
    """Return this page's query string with some parameters changed; None or empty drops one."""
    query: QueryDict = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else request.path


def pagination(context: dict[str, Any], page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Show the pages of a list, keeping its filters. Nothing when there is one page."""
    request = context["request"]
    numbers = [
        {"number": n, "url": address(request, **{parameter: n}), "is_current": n == page.number}
        if isinstance(n, int)
        else {"gap": True}
        for n in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page": page,
        "numbers": numbers,
        "previous_url": address(request, **{parameter: page.number - 1}) if page.has_previous() else "",
        "next_url": address(request, **{parameter: page.number + 1}) if page.has_next() else "",
    }


def chips(
    context: dict[str, Any], choices: list[Chip], parameter: str, label: str = "", target: str = ""
) -> dict[str, Any]:
    """Show saved views or states of a list with their counts; the address keeps the other filters.

    Going to another view starts again at the first page.
    """
    request = context["request"]
    current = request.GET.get(parameter, "")
    return {
        "label": label,
        "target": target,
        "chips": [
            {
                "label": chip.label,
                "count": chip.count,
                "url": address(request, **{parameter: chip.value, "page": None}),
                "is_current": chip.value == current,
            }
            for chip in choices
        ],
    }


def filters(context: dict[str, Any], form: Any, export_url: str = "") -> dict[str, Any]:
    """Show a filter form (GET) above a list; ``export_url`` adds the download of what is filtered."""
    request = context["request"]
    kept = [
        (name, value) for name, value in request.GET.items() if name not in form.fields and name != "page"
    ]
    is_filtered = any(request.GET.get(name) for name in form.fields)
    query = request.GET.urlencode()
    return {
        "form": form,
        "kept": kept,
        "is_filtered": is_filtered,
        "clear_url": address(request, page=None, **dict.fromkeys(form.fields)),
        "export_url": f"{export_url}?{query}" if export_url and query else export_url,
    }
