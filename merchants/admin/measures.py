"""The desk of measures: every act is a call of ``services.measures``; no field is typed in."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from core import sealed
from core.admin import ReadOnlyAdmin
from core.refusals import Refusal
from merchants.admin import desk, filters
from merchants.admin.measure_forms import ActForm, MerchantForm, ProposalForm
from merchants.enums import MeasureStatus
from merchants.models import Letter, Measure, Merchant
from merchants.presentation import measures as shown
from merchants.services import measures, statements, transparency
from merchants.transitions import actions

PROPOSE, CONFIRM = "merchants.propose_measure", "merchants.confirm_measure"
#: Who may take each step.
PERMISSION = {"confirm": CONFIRM, "withdraw": PROPOSE, "lift": CONFIRM}


@admin.register(Measure)
class MeasureAdmin(filters.Findable, ReadOnlyAdmin):
    """The list by what is due next, and the page of one measure with what may be done with it."""

    list_display = (
        "number",
        "merchant",
        "what",
        "shown_status",
        "reason",
        "starts_at",
        "ends_at",
        "proposed_by",
    )
    list_display_links = ("number",)
    list_filter = ("status", "kind", "reason", "capability")
    list_select_related = ("merchant", "proposed_by")
    ordering = ("-pk",)
    sortable_by = ()
    actions_list = ("propose_one", "export_all")

    def has_propose_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PROPOSE)

    @action(description=_("Propose a measure"), url_path="propose-one", permissions=["propose"])
    def propose_one(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:merchants_measure_choose")

    @action(description=_("Export for the Commission (JSON lines)"), url_path="export-all")
    def export_all(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:merchants_measure_export")

    @display(description=_("number"), ordering="pk")
    def number(self, measure: Measure) -> str:
        return measure.reference

    @display(description=_("measure"), ordering="kind")
    def what(self, measure: Measure) -> str:
        return shown.what(measure)

    @display(
        description=_("status"),
        ordering="status",
        label={
            **dict.fromkeys(MeasureStatus, "info"),
            MeasureStatus.PROPOSED: "warning",
            MeasureStatus.IN_FORCE: "danger",
            MeasureStatus.LIFTED: "success",
            MeasureStatus.EXPIRED: "success",
            MeasureStatus.OVERTURNED: "success",
        },
    )
    def shown_status(self, measure: Measure) -> tuple[str, str]:
        return measure.status, measure.get_status_display()

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        mine = [
            path("propose/", view(self.choose), name="merchants_measure_choose"),
            path("propose/<int:merchant_pk>/", view(self.propose), name="merchants_measure_propose"),
            path("export/", view(self.export), name="merchants_measure_export"),
            path("<int:pk>/act/", view(self.act), name="merchants_measure_act"),
            path("<int:pk>/statement/", view(self.statement), name="merchants_measure_statement"),
        ]
        return [*mine, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one measure: what was decided, its statement, its course, its appeal, the letters."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = Measure.objects.select_related("merchant", "proposed_by", "confirmed_by", "agreement")
        measure = get_object_or_404(found, pk=object_id)
        issued = getattr(measure, "statement", None)
        steps = measure.steps.select_related("by").order_by("pk")
        letters = Letter.objects.for_merchant(measure.merchant_id).filter(
            kind__startswith="measure.", created_at__gte=measure.created_at
        )
        context = {
            "measure": measure,
            "what": shown.what(measure),
            "state": shown.state_of(measure),
            "facts": sealed.unseal(measure.facts),
            "clause": statements.clause_title(measure),
            "issued": issued,
            "content": statements.read(issued) if issued else None,
            "steps": [(s, sealed.unseal(s.text) if s.text else "") for s in steps],
            "appeal": shown.appeal_of(measure, timezone.now()),
            "letters": letters.select_related("recipient").order_by("pk")[:50],
            "acts": self._acts(request, measure),
            "is_maker": measure.proposed_by_id == request.user.pk,
        }
        return self._page(request, "measure.html", f"{measure.reference} · {measure.merchant}", context)

    def act(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the one step that the form names; a refusal is told, nothing else happens."""
        if request.method != "POST":
            raise Http404
        form = ActForm(request.POST)
        if not form.is_valid():
            raise Http404
        name = form.cleaned_data["act"]
        if not request.user.has_perm(PERMISSION[name]):
            raise PermissionDenied
        get_object_or_404(Measure, pk=pk)
        more = {} if name == "confirm" else {"text": form.cleaned_data["text"]}
        try:
            getattr(measures, name)(measure_id=pk, by=request.user, at=timezone.now(), **more)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Done."))
        return redirect("admin:merchants_measure_change", pk)

    def choose(self, request: HttpRequest) -> HttpResponse:
        """Find the merchant to propose a measure against."""
        self._must(request, PROPOSE)
        form = MerchantForm(request.GET or None)
        if form.is_bound and form.is_valid():
            return redirect("admin:merchants_measure_propose", form.cleaned_data["merchant"].pk)
        return self._page(request, "choose.html", _("Propose a measure"), {"form": form})

    def propose(self, request: HttpRequest, merchant_pk: int) -> HttpResponse:
        """Fill in the proposal; what the service refuses stands at its field."""
        self._must(request, PROPOSE)
        merchant = get_object_or_404(Merchant, pk=merchant_pk)
        at = timezone.now()
        clauses = statements.clauses(statements.agreement_of(merchant, at))
        form = ProposalForm(request.POST or None, clauses=clauses)
        if form.is_valid():
            try:
                measure = measures.propose(
                    merchant_id=merchant.pk, terms=measures.Terms(**form.cleaned_data), by=request.user, at=at
                )
            except Refusal as refusal:
                form.add_error(refusal.details.get("field"), forms.ValidationError(refusal.message))
            else:
                messages.success(request, _("Proposed. It takes effect once it is confirmed."))
                return redirect("admin:merchants_measure_change", measure.pk)
        title = _("Propose a measure: %(merchant)s") % {"merchant": desk.name_of(merchant)}
        return self._page(request, "propose.html", title, {"form": form, "merchant": merchant})

    def statement(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send the PDF as the merchant got it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        measure = get_object_or_404(Measure.objects.filter(statement__isnull=False), pk=pk)
        content = measure.statement.file.open("rb")
        return FileResponse(content, as_attachment=True, filename=f"{measure.reference}.pdf")

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Stream the statements for the Commission's database, one JSON object a line."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        response = StreamingHttpResponse(transparency.lines(), content_type="application/jsonl")
        response["Content-Disposition"] = 'attachment; filename="statements-of-reasons.jsonl"'
        return response

    def _acts(self, request: HttpRequest, measure: Measure) -> list[Any]:
        steps = [step for step in actions(measure.status) if step.action in PERMISSION]
        return [step for step in steps if request.user.has_perm(PERMISSION[step.action])]

    def _must(self, request: HttpRequest, permission: str) -> None:
        if not request.user.has_perm(permission):
            raise PermissionDenied

    def _page(self, request: HttpRequest, template: str, title: Any, context: dict[str, Any]) -> HttpResponse:
        whole = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": title,
            "back": reverse("admin:merchants_measure_changelist"),
            **context,
        }
        return TemplateResponse(request, f"admin/merchants/measures/{template}", whole)
