"""The review desk. Nothing is typed into a file here: every act is a call of ``services.review``."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from core.admin import ReadOnlyAdmin
from core.refusals import Refusal
from merchants.admin import beside, desk, filters
from merchants.enums import WAITING_FOR_US, ApplicationStatus
from merchants.models import Application
from merchants.services import review

COLOURS = {
    **dict.fromkeys(ApplicationStatus, "info"),
    ApplicationStatus.PROPOSED: "warning",
    ApplicationStatus.APPROVED: "success",
    ApplicationStatus.REJECTED: "danger",
}


@admin.register(Application)
class ApplicationAdmin(filters.Findable, ReadOnlyAdmin):
    """The queue, what is due first on top, and the desk where one file is decided."""

    list_display = ("store", "state", "due", "hands", "risk", "submitted_at")
    list_display_links = ("store",)
    list_filter = (
        filters.StateFilter,
        filters.HandsFilter,
        filters.LateFilter,
        filters.FormFilter,
        filters.CountryFilter,
        filters.RiskFilter,
    )
    list_select_related = ("merchant", "merchant__company", "merchant__risk", "assigned_to")
    # By another column, the whole queue would have to be read to sort it.
    sortable_by = ("due", "submitted_at")
    ordering = (F("due_at").asc(nulls_last=True), "pk")
    list_before_template = "admin/merchants/parts/queue.html"
    actions = ("give",)

    class Media:
        css = {"all": ["passerelle/desk.css"]}

    @display(description=_("merchant"))
    def store(self, application: Application) -> str:
        return desk.name_of(application.merchant)

    # Unfold prints the bare code of what has no colour.
    @display(description=_("status"), label=COLOURS)
    def state(self, application: Application) -> tuple[str, str]:
        return application.status, application.get_status_display()

    @display(description=_("to be answered by"), ordering="due_at")
    def due(self, application: Application) -> str:
        if application.status not in WAITING_FOR_US or application.due_at is None:
            return "–"
        return format_html("{} {}", *desk.deadline(application.due_at, timezone.now()))

    @display(description=_("reviewer"))
    def hands(self, application: Application) -> str:
        return desk.hands(application, timezone.now())

    @display(description=_("risk"))
    def risk(self, application: Application) -> str:
        kept = getattr(application.merchant, "risk", None)
        return beside.risk_of(kept.points) if kept else "–"

    def has_give_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("merchants.assign_application")

    @admin.action(description=_("Give to reviewers, in turn…"), permissions=["give"])
    def give(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse | None:
        """Ask to whom, then deal the chosen files."""
        pks = list(queryset.order_by("pk").values_list("pk", flat=True)[: review.COUNTED])
        reviewers = review.reviewers()
        if "apply" in request.POST:
            chosen = list(reviewers.filter(public_id__in=desk.uuids(request.POST.getlist("to"))))
            try:
                count = review.deal(application_ids=pks, to=chosen, by=request.user, at=timezone.now())
            except Refusal as refusal:
                messages.error(request, refusal.message)
            else:
                told = ngettext("%(count)d file was given.", "%(count)d files were given.", count)
                messages.success(request, told % {"count": count})
                return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Give to reviewers"),
            "pks": pks,
            "reviewers": reviewers,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/merchants/give.html", context)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        mine = [
            path("next/", view(self.take_next), name="merchants_application_next"),
            path("<int:pk>/decide/", view(self.decide), name="merchants_application_decide"),
            path("<int:pk>/wording/", view(self.wording), name="merchants_application_wording"),
        ]
        return [*mine, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what was declared, what the register says and the document, side by side."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        application = self._get(object_id)
        shown = {
            **self.admin_site.each_context(request),
            **desk.context(
                application, request.user, timezone.now(), request.GET, desk.typed(request, application.pk)
            ),
            "opts": self.model._meta,
            "title": desk.name_of(application.merchant),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/merchants/desk.html", shown)

    def take_next(self, request: HttpRequest) -> HttpResponse:
        """Take the file that is due first and open it."""
        if request.method != "POST":
            raise Http404
        if not request.user.has_perm(desk.PERMISSION):
            raise PermissionDenied
        try:
            taken = review.take_next(by=request.user, at=timezone.now())
        except Refusal as refusal:
            messages.info(request, refusal.message)
            return redirect("admin:merchants_application_changelist")
        return redirect("admin:merchants_application_change", taken.pk)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the one service call that the form names; a refusal is told, nothing else happens."""
        if request.method != "POST":
            raise Http404
        if not request.user.has_perm(desk.NEEDS.get(request.POST.get("act", ""), desk.PERMISSION)):
            raise PermissionDenied
        application = self._get(pk)
        form = desk.DecisionForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(e for errors in form.errors.values() for e in errors))
            return redirect(self._page(pk, request.POST.get("piece", "")))
        data = form.cleaned_data
        try:
            desk.act(application.pk, data, by=request.user, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
            desk.keep_typed(request, pk, data)
            return redirect(self._page(pk, data["piece"]))
        messages.success(request, _("Done: %(act)s.") % {"act": desk.ACTS[data["act"]]})
        return redirect(self._page(pk, data["next"] or data["piece"]))

    def wording(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer the field with the words of a reason, for the page to put in place."""
        if not request.user.has_perm(desk.PERMISSION):
            raise PermissionDenied
        context = desk.wording(self._get(pk), request.GET, timezone.now())
        return TemplateResponse(request, "admin/merchants/parts/words.html", context)

    def _page(self, pk: int, piece: str) -> str:
        page = reverse("admin:merchants_application_change", args=[pk])
        return f"{page}?piece={piece}#piece" if piece in desk.CODES else page

    def _get(self, pk: Any) -> Application:
        rows = Application.objects.select_related(
            "merchant__company", "assigned_to", "proposed_by", "decided_by"
        )
        return get_object_or_404(rows, pk=pk)
