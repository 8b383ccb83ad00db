from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from merchants.services.requirements import facts
        from orders.services import reportable

        facts.provide("sales", reportable.sales_by_year)
        from orders.web import navigation  # noqa: F401 - registers the pages
