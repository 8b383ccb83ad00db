"""What open stores send again: read, accepted or refused here. Nothing is typed into a row, every act is a
call of ``services.review.renewals``.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.admin import ReadOnlyAdmin
from core.dates import add_working_hours
from core.refusals import Refusal
from merchants.admin import desk, filters, sides
from merchants.enums import RequirementState, Verdict
from merchants.models import Merchant, Reading, Requirement
from merchants.presentation import answers, tasks
from merchants.presentation.due import titles
from merchants.services import documents, files, requirements
from merchants.services.application import REVIEW_HOURS
from merchants.services.epr_registers import REGISTERS
from merchants.services.requirements import Answer, Item
from merchants.services.review import renewals, reviewers
from merchants.services.review import wording as words

ACTS: Final = {
    "take": _("Read this piece"),
    "release": _("Put it back into the queue"),
    "assign": _("Give it to this reviewer"),
    Verdict.ACCEPTED: _("Accept"),
    Verdict.TO_CORRECT: _("Refuse with this text"),
    "ask_again": _("Ask the merchant again"),
}


class ReadingForm(forms.Form):
    """One form for every act: what an act does not need may stay empty."""

    act = forms.ChoiceField(choices=list(ACTS.items()))
    seen = forms.CharField(required=False, max_length=2000)
    reason = forms.ChoiceField(choices=[("", ""), *desk.REASONS], required=False)
    text = forms.CharField(required=False, max_length=4000)
    to = forms.UUIDField(required=False)


class WaitingFilter(filters.StateFilter):
    """Without a choice, what waits to be read."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("To read")), ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Requirement]) -> QuerySet[Requirement]:
        if self.value() == "all":
            return queryset
        return queryset.filter(pk__in=renewals.waiting().order_by().values("pk"))


@admin.register(Requirement)
class RequirementAdmin(ReadOnlyAdmin):
    """The pieces of open stores that wait to be read, oldest first; and every requirement to look at."""

    list_display = ("store", "title", "shown_state", "due", "reader")
    list_display_links = ("store",)
    list_filter = (WaitingFilter,)
    list_select_related = ("merchant", "merchant__company")
    search_fields = ("merchant__store_name", "=merchant__company__siren", "=code")
    search_help_text = _("Name of the store, SIREN, or code of a requirement")
    ordering = ("since", "pk")
    paginator = filters.CappedPaginator

    class Media:
        css = {"all": ["passerelle/desk.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Requirement]:
        rows: QuerySet[Requirement] = (
            super().get_queryset(request).prefetch_related("merchant__readings__reader")
        )
        return rows

    @display(description=_("merchant"), ordering="merchant__store_name")
    def store(self, row: Requirement) -> str:
        return desk.name_of(row.merchant)

    @display(description=_("requirement"), ordering="code")
    def title(self, row: Requirement) -> str:
        return titles([row.code])

    @display(description=_("state"), ordering="state", label=dict.fromkeys(RequirementState, "info"))
    def shown_state(self, row: Requirement) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("to be answered by"), ordering="since")
    def due(self, row: Requirement) -> str:
        if row.state != RequirementState.PENDING_VERIFICATION:
            return "–"
        ends = add_working_hours(row.since, REVIEW_HOURS)
        return format_html("{} {}", *desk.deadline(ends, timezone.now()))

    @display(description=_("reviewer"))
    def reader(self, row: Requirement) -> str:
        held = next((one for one in row.merchant.readings.all() if one.code == row.code), None)
        return str(held.reader) if held else "–"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        mine = [
            path("<int:pk>/read/", view(self.read), name="merchants_requirement_read"),
            path("<int:pk>/wording/", view(self.wording), name="merchants_requirement_wording"),
        ]
        return [*mine, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what was sent, what is known of the company beside it, and what may be done."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self._get(object_id)
        answer = requirements.compute(merchant_id=row.merchant_id, at=timezone.now())
        item = answer.item(row.code)
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": desk.name_of(row.merchant),
            "media": self.media,
            "row": row,
            "item": item,
            **(_shown(request, row, answer, item) if item is not None else {}),
        }
        return TemplateResponse(request, "admin/merchants/renewal.html", shown)

    def read(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the one service call that the form names; a refusal is told, nothing else happens."""
        if request.method != "POST":
            raise Http404
        form = ReadingForm(request.POST)
        if not form.is_valid():
            raise Http404
        data, row = form.cleaned_data, self._get(pk)
        if not request.user.has_perm(desk.LEADS if data["act"] == "assign" else desk.PERMISSION):
            raise PermissionDenied
        try:
            _act(row, data, request)
        except Refusal as refusal:
            messages.error(request, refusal.message)
            desk.keep_typed(request, _typed_key(row), {**data, "piece": row.code, "verdict": ""})
            return redirect(reverse("admin:merchants_requirement_change", args=[pk]))
        messages.success(request, _("Done: %(act)s.") % {"act": ACTS[data["act"]]})
        stays = data["act"] in {"take", "assign"}
        return redirect(
            reverse("admin:merchants_requirement_change", args=[pk])
            if stays
            else reverse("admin:merchants_requirement_changelist")
        )

    def wording(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer the field with the words of a reason, in the merchant's language."""
        if not request.user.has_perm(desk.PERMISSION):
            raise PermissionDenied
        text = _words(self._get(pk), request.GET.get("reason", ""))
        return TemplateResponse(request, "admin/merchants/parts/words.html", {"text": text})

    def _get(self, pk: Any) -> Requirement:
        rows = Requirement.objects.select_related("merchant__company", "merchant__application")
        return get_object_or_404(rows, pk=pk)


def _shown(request: HttpRequest, row: Requirement, answer: Answer, item: Item) -> dict[str, Any]:
    user, code = request.user, row.code
    may_see = code not in desk.SEALED or user.has_perm(desk.SEALED[code])
    kinds = {kind for kind, wanted in documents.REQUIREMENT.items() if wanted == code}
    lines = {one.code: one.lines for one in answers.of(answer)} if may_see else {}
    kept = desk.typed(request, _typed_key(row))
    reason = request.GET.get("reason") or kept.get("reason") or ""
    compared = sides.of(answer.file, code, with_people=user.has_perm(desk.SEALED["legal_representative"]))
    return {
        "state": tasks.state_of(item),
        "lines": lines.get(code, []),
        "comparisons": compared,
        "documents": desk.papers_of(answer.file, kinds, user) if kinds else [],
        "registers": _registers(answer, code),
        "seen": renewals.fingerprint(answer.file, code),
        "held": renewals.reading_of(row),
        "acts": _acts(row, item, answer, request),
        "labels": ACTS,
        "reasons": desk.REASONS,
        "reason": reason,
        "text": kept.get("text") or _words(row, reason),
        "reviewers": reviewers() if user.has_perm(desk.LEADS) else [],
    }


def _acts(row: Requirement, item: Item, answer: Answer, request: HttpRequest) -> set[str]:
    """Return what this person may try now; the services decide."""
    if not request.user.has_perm(desk.PERMISSION) or not answer.file.was_opened:
        return set()
    if not renewals.waiting().filter(pk=row.pk).exists():
        return set() if row.code in files.DECIDED or item.is_open else {"ask_again"}
    held: Reading | None = renewals.reading_of(row)
    lead = {"assign"} if request.user.has_perm(desk.LEADS) else set()
    if held is not None and held.reader_id == request.user.pk:
        return {"release", Verdict.ACCEPTED, Verdict.TO_CORRECT} | lead
    is_free = held is None or held.held_until <= timezone.now()
    return lead | ({"take"} if is_free else set())


def _act(row: Requirement, data: Mapping[str, Any], request: HttpRequest) -> None:
    who: dict[str, Any] = {"requirement_id": row.pk, "by": request.user, "at": timezone.now()}
    said = {"reason": data["reason"], "text": data["text"]}
    calls: dict[str, Callable[[], Any]] = {
        "take": lambda: renewals.take(**who),
        "release": lambda: renewals.release(**who),
        "assign": lambda: renewals.assign(to=get_object_or_404(reviewers(), public_id=data["to"]), **who),
        Verdict.ACCEPTED: lambda: renewals.accept(seen=data["seen"], **who),
        Verdict.TO_CORRECT: lambda: renewals.refuse(seen=data["seen"], **said, **who),
        "ask_again": lambda: renewals.ask_again(**said, **who),
    }
    calls[data["act"]]()


def _registers(answer: Answer, code: str) -> list[dict[str, Any]]:
    """Return the identifiers to look up, with their register and its usual form."""
    return [
        {"row": row, "register": REGISTERS.get(row.country, {}).get(row.stream)}
        for row in renewals.odd_identifiers(answer.file, code)
    ]


def _typed_key(row: Requirement) -> str:
    """Keep apart what was typed of a piece and of a file."""
    return f"piece {row.pk}"


def _words(row: Requirement, reason: str) -> str:
    if not reason:
        return ""
    merchant: Merchant = row.merchant
    definition = next(d for d in requirements.DEFINITIONS if d.code == row.code)
    title = words.in_language(merchant.language, definition.title)
    own, ours = words.own(merchant.language), words.ours(merchant.language)
    template = own.get(reason) or ours.get(reason, "")
    return words.fill(template, requirement=title, store=merchant.store_name)
