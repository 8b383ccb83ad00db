"""The catalogue at the desk: categories, markets, VAT, imports, and the moderation of products."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from catalog.models import (
    Attribute,
    Category,
    ExchangeRate,
    Import,
    Market,
    ModerationCase,
    Product,
    ProductText,
    Variant,
    VatRate,
)
from catalog.services import publication
from core.refusals import Refusal
from core.web.components.names import country_name, language_name


class ReadOnly:
    """Seen, never changed here: the merchant's own pages and services do that."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AttributeInline(TabularInline):
    model = Attribute
    extra = 0
    fields = ("code", "type", "unit", "level", "is_variant_axis", "position")


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    list_display = ("tree_name", "code", "vat_class", "commission_rate", "is_moderated")
    list_filter = ("vat_class", "is_moderated")
    search_fields = ("code", "names")
    ordering = ("path",)
    list_per_page = 200
    readonly_fields = ("path", "depth", "parent", "code")
    fields = (
        *("code", "parent", "path", "names", "vat_class", "commission_rate"),
        *("epr_streams", "closed_countries", "is_moderated"),
    )
    inlines = (AttributeInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        # The tree's paths come from the loader.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("category"), ordering="path")
    def tree_name(self, category: Category) -> str:
        return "\u2003" * category.depth + str(category)


class VatRateInline(TabularInline):
    model = VatRate
    extra = 0
    fields = ("vat_class", "rate", "valid_from")


@admin.register(Market)
class MarketAdmin(ModelAdmin):
    list_display = ("name", "currency", "languages_shown", "in_union", "is_open")
    list_filter = ("in_union", "is_open")
    inlines = (VatRateInline,)

    @display(description=_("country"), ordering="country")
    def name(self, market: Market) -> str:
        return country_name(market.country)

    @display(description=_("languages, the first one required"))
    def languages_shown(self, market: Market) -> str:
        return ", ".join(language_name(code) for code in market.languages)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ModelAdmin):
    list_display = ("currency", "day", "rate")
    list_filter = ("currency",)
    date_hierarchy = "day"


class TextInline(ReadOnly, TabularInline):
    model = ProductText
    extra = 0
    fields = ("language", "title", "status", "is_machine_made", "accepted_at")


class VariantInline(ReadOnly, TabularInline):
    model = Variant
    extra = 0
    fields = ("sku", "gtin", "weight_g", "is_active")


@admin.register(Product)
class ProductAdmin(ReadOnly, ModelAdmin):
    list_display = ("reference", "merchant", "category", "status", "updated_at")
    list_filter = ("status",)
    list_select_related = ("merchant", "category")
    search_fields = ("reference", "variants__sku", "variants__gtin")
    show_full_result_count = False
    fields = (
        "merchant",
        "reference",
        "category",
        "status",
        "brand",
        "origin_country",
        "safety",
        "updated_at",
    )
    inlines = (TextInline, VariantInline)


@admin.register(Import)
class ImportAdmin(ReadOnly, ModelAdmin):
    list_display = ("original_name", "merchant", "status", "rows_total", "rows_in_error", "created_at")
    list_filter = ("status",)
    list_select_related = ("merchant",)
    search_fields = ("original_name", "merchant__store_name")
    exclude = ("file",)


class DecisionForm(forms.Form):
    """What a moderator decides; the text is what the merchant reads."""

    text = forms.CharField(
        label=_("Text for the merchant"), required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4})
    )


@admin.register(ModerationCase)
class ModerationCaseAdmin(ReadOnly, ModelAdmin):
    list_display = ("product_title", "merchant", "created_at", "outcome", "decided_by")
    list_filter = (("decided_at", admin.EmptyFieldListFilter),)
    list_select_related = ("product__merchant", "decided_by")
    # What waits comes first.
    ordering = (F("decided_at").desc(nulls_first=True), "created_at")
    actions_detail = ("decide",)
    readonly_fields = ("reason_shown", "texts_shown", "decision")
    fields = ("product", "reason_shown", "texts_shown", "decision", "text", "decided_by", "decided_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModerationCase]:
        return super().get_queryset(request).prefetch_related("product__texts")

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("catalog.change_moderationcase")

    @display(description=_("product"))
    def product_title(self, case: ModerationCase) -> str:
        texts = case.product.texts.all()
        return next((text.title for text in texts if text.language == "fr"), case.product.reference)

    @display(description=_("merchant"))
    def merchant(self, case: ModerationCase) -> str:
        return str(case.product.merchant)

    @display(description=_("why it is read"))
    def reason_shown(self, case: ModerationCase) -> str:
        return _("Products of this category are read before they are published.")

    @display(
        description=_("decision"),
        label={"waiting": "warning", "accepted": "success", "refused": "danger"},
    )
    def outcome(self, case: ModerationCase) -> tuple[str, str]:
        if case.decided_at is None:
            return "waiting", _("To decide")
        return ("refused", _("Refused")) if case.is_refused else ("accepted", _("Accepted"))

    @display(description=_("decision"))
    def decision(self, case: ModerationCase) -> str:
        return self.outcome(case)[1]

    @display(description=_("texts"))
    def texts_shown(self, case: ModerationCase) -> str:
        parts = [
            format_html(
                "<p><b>{}</b> {}<br>{}</p>", language_name(text.language), text.title, text.description[:1000]
            )
            for text in case.product.texts.all()
        ]
        return format_html("{}" * len(parts), *parts) if parts else "–"

    @action(description=_("Decide"), url_path="decide", permissions=["decide"])
    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the decision, then take it."""
        case = ModerationCase.objects.select_related("product").get(pk=object_id)
        form = DecisionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                publication.decide(
                    case_id=case.pk,
                    refuses="refuse" in request.POST,
                    text=form.cleaned_data["text"],
                    by=request.user,
                    at=timezone.now(),
                )
                messages.success(request, _("Decided."))
                return redirect(reverse("admin:catalog_moderationcase_changelist"))
            except Refusal as refusal:
                form.add_error("text", refusal.message)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Decide on a product"),
            "form": form,
            "case": case,
            "texts": case.product.texts.all(),
            "opts": self.model._meta,
        }
        return TemplateResponse(request, "admin/catalog/decide.html", context)
