"""How the queue is narrowed. No filter asks the database what it could offer."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from merchants.enums import WAITING_FOR_US, AppealOutcome, ApplicationStatus
from merchants.models import Application
from merchants.services import finding, risk
from merchants.services.review import COUNTED

OVERSEAS = ("GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC")
#: INSEE's legal forms by the first digits of their codes.
FORMS = {
    "EI": (_("Sole trader"), ("1",)),
    "SNC": (_("SNC"), ("52",)),
    "SARL": (_("SARL, EURL"), ("54",)),
    "SA": (_("SA"), ("55", "56")),
    "SAS": (_("SAS, SASU"), ("57",)),
    "CIVIL": (_("Civil company"), ("65",)),
    "ASSO": (_("Association"), ("92",)),
    "FOREIGN": (_("Foreign company"), ("3",)),
}


class CappedPaginator(Paginator):
    """Counts up to ``COUNTED`` rows."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:COUNTED].count()


class Findable:
    """A list of what belongs to merchants, found by the merchant's number or names."""

    #: Where the merchant stands, seen from the list's model.
    merchant_path = "merchant"
    search_fields = ("pk",)  # Without any, no field to search in is shown.
    search_help_text = _(
        "Beginning of the store’s or the company’s name, SIREN or SIRET; 200 are found at most"
    )
    paginator = CappedPaginator

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by indexes: as many steps whatever the number of merchants."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(**{f"{self.merchant_path}__in": finding.merchants(search_term)}), False


class StateFilter(admin.SimpleListFilter):
    """Where files stand; without a choice, those that wait for us."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Waiting for us")), *ApplicationStatus.choices, ("all", _("All"))]

    def value(self) -> str:
        return super().value() or "waiting"

    def choices(self, changelist: Any) -> Any:
        return [
            {
                "selected": self.value() == lookup,
                "query_string": changelist.get_query_string({self.parameter_name: lookup}),
                "display": title,
            }
            for lookup, title in self.lookup_choices
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        match self.value():
            case "all":
                return queryset
            case status if status in ApplicationStatus.values:
                return queryset.filter(status=status)
            case _:
                return queryset.filter(status__in=WAITING_FOR_US)


class HandsFilter(admin.SimpleListFilter):
    """In whose hands."""

    title = _("reviewer")
    parameter_name = "hands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("mine", _("Mine")),
            ("nobody", _("Nobody’s")),
            ("others", _("My colleagues’")),
            ("stale", _("Hold run out")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        match self.value():
            case "mine":
                return queryset.filter(assigned_to=request.user)
            case "nobody":
                return queryset.filter(assigned_to=None)
            case "others":
                return queryset.exclude(assigned_to=None).exclude(assigned_to=request.user)
            case "stale":
                return queryset.filter(status=ApplicationStatus.IN_REVIEW, held_until__lte=timezone.now())
            case _:
                return queryset


class AppealStateFilter(StateFilter):
    """Where appeals stand; without a choice, those that wait for an answer."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        outcomes = [(value, label) for value, label in AppealOutcome.choices]
        return [("waiting", _("Waiting for us")), ("late", _("Late")), *outcomes, ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        waiting = queryset.filter(outcome="")
        match self.value():
            case "all":
                return queryset
            case outcome if outcome in AppealOutcome.values:
                return queryset.filter(outcome=outcome)
            case "late":
                return waiting.filter(decide_until__lt=timezone.localdate())
            case _:
                return waiting


class AppealHandsFilter(HandsFilter):
    """In whose hands an appeal is."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [line for line in super().lookups(request, model_admin) if line[0] != "stale"]


class LateFilter(admin.SimpleListFilter):
    """Against the service level."""

    title = _("deadline")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Late")), ("no", _("In time"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        late = Q(due_at__lt=timezone.now(), status__in=WAITING_FOR_US)
        match self.value():
            case "yes":
                return queryset.filter(late)
            case "no":
                return queryset.exclude(late)
            case _:
                return queryset


class FormFilter(admin.SimpleListFilter):
    """Families of legal forms."""

    title = _("legal form")
    parameter_name = "form"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, title) for key, (title, _starts) in FORMS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        _title, starts = FORMS.get(self.value() or "", ("", ()))
        wanted = Q()
        for start in starts:
            wanted |= Q(merchant__company__legal_form_code__startswith=start)
        return queryset.filter(wanted)


class CountryFilter(admin.SimpleListFilter):
    """Where the company stands."""

    title = _("country")
    parameter_name = "country"
    field = "merchant__company__country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("FR", _("France, mainland")),
            ("overseas", _("France, overseas")),
            ("MC", _("Monaco")),
            ("other", _("Elsewhere")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        match self.value():
            case "FR" | "MC" as country:
                return queryset.filter(**{self.field: country})
            case "overseas":
                return queryset.filter(**{f"{self.field}__in": OVERSEAS})
            case "other":
                # Named one by one: an index finds what is there, not what is not.
                known = {"FR", "MC", *OVERSEAS}
                return queryset.filter(**{f"{self.field}__in": sorted({c for c, _name in countries} - known)})
            case _:
                return queryset


class OwnCountryFilter(CountryFilter):
    """Where a merchant of a list of merchants stands."""

    field = "country"


class RiskFilter(admin.SimpleListFilter):
    """By risk points, or by one rule that holds."""

    title = _("risk")
    parameter_name = "risk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        levels = [(level, word) for level, word in risk.LEVELS.items()]
        return [*levels, *((rule.code, rule.sentence) for rule in risk.RULES)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        match self.value():
            case "ordinary":
                return queryset.exclude(merchant__risk__points__gte=risk.RAISED)
            case "raised":
                return queryset.filter(merchant__risk__points__range=(risk.RAISED, risk.HIGH - 1))
            case "high":
                return queryset.filter(merchant__risk__points__gte=risk.HIGH)
            case code if code in risk.CODES:
                return queryset.filter(merchant__risk__codes__contains=[code])
            case _:
                return queryset
