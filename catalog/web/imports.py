"""« Imports »: file, columns, dry run, result; and what came before."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_countries import countries

from catalog.enums import ImportStatus, RowOutcome, Severity
from catalog.models import Category, Import, Location, Market
from catalog.services import languages, locations
from catalog.services.imports import deciding, files, mapping, receiving, report
from catalog.services.imports import messages as said
from catalog.services.imports.fields import COLUMN_FIELDS
from catalog.web import states
from catalog.web.forms import UploadForm
from core.money import format_money
from core.refusals import Refusal
from core.web.components.lists import Chip
from merchants.enums import Role
from merchants.web.access import member_required

STEPS = {
    ImportStatus.UPLOADED: 2,
    ImportStatus.ANALYSING: 3,
    ImportStatus.READY: 3,
    ImportStatus.RUNNING: 4,
    ImportStatus.COMPLETE: 4,
    ImportStatus.PARTIAL: 4,
    ImportStatus.FAILED: 4,
    ImportStatus.CANCELLED: 4,
}
UNDER_WAY = {ImportStatus.ANALYSING, ImportStatus.RUNNING}
ERRORS_SHOWN, ROWS_SHOWN = 20, 25


def own(request: HttpRequest, public_id: UUID) -> Import:
    """Return the merchant's import, or 404."""
    imports = Import.objects.for_merchant(request.merchant).select_related("uploaded_by")
    return get_object_or_404(imports, public_id=public_id)


@require_safe
@member_required()
def imports(request: HttpRequest) -> HttpResponse:
    """The history, the newest first."""
    found = (
        Import.objects.for_merchant(request.merchant).select_related("uploaded_by").order_by("-created_at")
    )
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    rows = [(imported, states.IMPORT[ImportStatus(imported.status)]) for imported in page]
    return render(request, "catalog/imports.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "POST"])
@member_required(Role.CATALOGUE)
def upload(request: HttpRequest) -> HttpResponse:
    """Step 1: the file."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            received = receiving.receive(
                merchant_id=request.merchant.pk, file=file, name=file.name, by=request.user, at=timezone.now()
            )
            return redirect("catalog:import_columns", received.public_id)
        except Refusal as refusal:
            form.add_error("file", refusal.message)
    return render(request, "catalog/import_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_required(Role.CATALOGUE)
def columns(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 2: which column fills which field."""
    imported = own(request, public_id)
    if imported.status not in mapping.OPEN:
        return redirect("catalog:import", public_id)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        fields = _posted(request)
        try:
            mapping.map_columns(
                merchant_id=request.merchant.pk,
                import_id=imported.pk,
                fields=fields,
                by=request.user,
                at=timezone.now(),
            )
            return redirect("catalog:import", public_id)
        except mapping.BadMapping as refusal:
            wrong = refusal.details["fields"]
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return redirect("catalog:import", public_id)
    else:
        fields = mapping.proposal(received=imported)
    samples = receiving.sample(imported)
    context = {
        "imported": imported,
        "rows": [_field_row(field, fields, wrong, imported, samples) for field in COLUMN_FIELDS],
        "settings": _settings(request, fields, wrong),
        "wrong": [(code, mapping.label_of(code), reason) for code, reason in wrong.items()],
        "columns": imported.columns,
        "category_choices": _categories(),
    }
    return render(request, "catalog/import_columns.html", context, status=422 if wrong else 200)


def _posted(request: HttpRequest) -> mapping.Fields:
    fields: mapping.Fields = {}
    for field in COLUMN_FIELDS:
        source = {
            "column": request.POST.get(f"column_{field.code}", ""),
            "constant": request.POST.get(f"constant_{field.code}", "").strip(),
        }
        fields[field.code] = {key: value for key, value in source.items() if value}
    for code in ("market", "location", "language"):
        fields[code] = {"constant": request.POST.get(code, "")}
    if (
        "quantity" in {code for code, source in fields.items() if source}
        and not fields["location"]["constant"]
    ):
        first = locations.first_or_new(merchant_id=request.merchant.pk, at=timezone.now())
        fields["location"] = {"constant": str(first.public_id)}
    return {code: source for code, source in fields.items() if source}


def _field_row(
    field: Any, fields: mapping.Fields, wrong: dict[str, str], imported: Import, samples: list[list[str]]
) -> dict[str, Any]:
    column = mapping.column_of(fields, field.code)
    place = imported.columns.index(column) if column in imported.columns else None
    return {
        "field": field,
        "column": column,
        "constant": fields.get(field.code, {}).get("constant", ""),
        "error": wrong.get(field.code, ""),
        "takes_constant": field.code not in {"sku", "reference", "title", "gtin"},
        "sample": [
            row[place][:60] for row in samples if place is not None and place < len(row) and row[place]
        ][:2],
    }


def _settings(request: HttpRequest, fields: mapping.Fields, wrong: dict[str, str]) -> list[dict[str, Any]]:
    places = Location.objects.for_merchant(request.merchant).filter(closed_at__isnull=True)
    choices = {
        "market": [
            (m.country, f"{countries.name(m.country)}, {m.currency}")
            for m in Market.objects.filter(is_open=True)
        ],
        "location": [(str(place.public_id), place.name) for place in places]
        or [("", _("Warehouse (will be created)"))],
        "language": [(code, languages.name(code)) for code in languages.LANGUAGES],
    }
    return [
        {
            "code": code,
            "label": mapping.label_of(code),
            "choices": options,
            "chosen": fields.get(code, {}).get("constant", ""),
            "error": wrong.get(code, ""),
        }
        for code, options in choices.items()
    ]


def _categories() -> list[str]:
    language = (get_language() or "fr")[:2]
    return [node.name(language) for node in Category.objects.order_by("path")]


@require_safe
@member_required()
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Steps 3 and 4: the dry run, then the result. While work is under way, the progress."""
    imported = own(request, public_id)
    if imported.status == ImportStatus.UPLOADED:
        return redirect("catalog:import_columns", public_id)
    context: dict[str, Any] = {
        "imported": imported,
        "state": states.IMPORT[ImportStatus(imported.status)],
        "step": STEPS[ImportStatus(imported.status)],
        "is_under_way": imported.status in UNDER_WAY,
        "done": imported.rows_created
        + imported.rows_updated
        + imported.rows_unchanged
        + imported.rows_in_error,
    }
    if imported.status in UNDER_WAY:
        name = "catalog/parts/import_progress.html" if request.htmx else "catalog/import_running.html"
        response = render(request, name, context)
        # Without JavaScript the page renews itself.
        if not request.htmx:
            response["Refresh"] = "3"
        return response
    if request.htmx and request.GET.get("watch"):
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    context |= _details(request, imported)
    return render(request, "catalog/import.html", context)


def _details(request: HttpRequest, imported: Import) -> dict[str, Any]:
    errors = imported.issues.filter(severity=Severity.ERROR)
    effect = request.GET.get("effect", "")
    shown = imported.rows.filter(outcome__in=[RowOutcome.CREATE, RowOutcome.UPDATE])
    tally = dict(shown.values_list("outcome").annotate(Count("pk")))
    if effect == "guards":
        shown = shown.filter(line__in=imported.issues.filter(code__in=deciding.GUARDS).values("line"))
    elif effect in RowOutcome.values:
        shown = shown.filter(outcome=effect)
    else:
        # Changes first: they touch what exists.
        shown = shown.order_by("-outcome", "line")
    page = Paginator(shown.order_by("-outcome", "line"), ROWS_SHOWN).get_page(request.GET.get("page"))
    notes: dict[int, list[dict[str, str]]] = {}
    for issue in imported.issues.filter(line__in=[row.line for row in page]).exclude(severity=Severity.ERROR):
        shape = "fix" if issue.code in deciding.GUARDS else "warn"
        notes.setdefault(issue.line, []).append(
            {"shape": shape, "text": said.problem(issue.code, issue.params)}
        )
    guards = deciding.count_guards(imported)
    market = imported.fields.get("market", {}).get("constant", "")
    currency = Market.objects.filter(country=market).values_list("currency", flat=True).first() or "EUR"
    names = dict(Category.objects.values_list("pk", "names")) if "category" in imported.fields else {}
    return {
        "errors": [_error(imported, issue) for issue in errors.order_by("line", "pk")[:ERRORS_SHOWN]],
        "errors_more": max(errors.count() - ERRORS_SHOWN, 0),
        "page": page,
        "rows": [_row(row, notes.get(row.line, []), currency, names) for row in page],
        "guards": guards,
        "to_write": imported.rows_created + imported.rows_updated,
        "chips": [
            Chip("", _("All"), sum(tally.values())),
            Chip("update", _("Changes"), tally.get("update", 0)),
            Chip("create", _("Creations"), tally.get("create", 0)),
            *([Chip("guards", _("To confirm"), guards)] if guards else []),
        ],
    }


def _error(imported: Import, issue: Any) -> dict[str, Any]:
    column = mapping.column_of(imported.fields, issue.field)
    place = imported.columns.index(column) if column in imported.columns else None
    return {
        "cell": f"{files.letter(place)}{issue.line}"
        if place is not None
        else _("line %(n)s") % {"n": issue.line},
        "label": mapping.label_of(issue.field),
        "value": issue.value,
        "problem": said.problem(issue.code, issue.params),
        "remedy": said.remedy(issue.code, issue.params),
    }


def _row(row: Any, notes: list[dict[str, str]], currency: str, names: dict[int, Any]) -> dict[str, Any]:
    values = row.values["values"]
    changes = [
        (mapping.label_of(code), _shown(code, old, currency, names), _shown(code, new, currency, names))
        for code, (old, new) in row.values["changes"].items()
    ]
    return {
        "row": row,
        "title": values.get("title", row.sku),
        "state": states.ROW[RowOutcome(row.outcome)],
        "changes": changes,
        "filled": len(values),
        "notes": notes,
    }


def _shown(code: str, value: Any, currency: str, names: dict[int, Any]) -> str:
    if value in (None, ""):
        return ""
    if code == "price":
        return format_money(Decimal(value), currency)
    if code == "category":
        translated = names.get(value, {})
        return translated.get((get_language() or "fr")[:2]) or translated.get("fr") or str(value)
    text = str(value)
    return text if len(text) <= 120 else text[:119] + "…"


@require_POST
@member_required(Role.CATALOGUE)
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write what the dry run showed."""
    imported = own(request, public_id)
    try:
        deciding.confirm(
            merchant_id=request.merchant.pk,
            import_id=imported.pk,
            by=request.user,
            at=timezone.now(),
            accepts_guards=request.POST.get("accepts_guards") == "on",
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("catalog:import", public_id)


@require_POST
@member_required(Role.CATALOGUE)
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Leave it."""
    imported = own(request, public_id)
    try:
        deciding.cancel(
            merchant_id=request.merchant.pk, import_id=imported.pk, by=request.user, at=timezone.now()
        )
        messages.success(request, _("Import cancelled. What had been written stays."))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("catalog:import", public_id)


@require_safe
@member_required()
def errors(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """The rows in error, with the reasons, as a file to mend and send again."""
    imported = own(request, public_id)
    response = StreamingHttpResponse(report.error_rows(imported), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="errors-{imported.created_at:%Y%m%d-%H%M}.csv"'
    return response
