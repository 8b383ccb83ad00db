"""What follows from events of the catalogue: a line under the merchant's bell."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Import, Product
from catalog.services import readiness
from core.models import Event
from core.services import events, jobs
from merchants.services import notifications

IMPORTS = {
    "import.ready": _("The dry run of “%(name)s” is finished: look at it, then decide."),
    "import.finished": _("The import of “%(name)s” is finished."),
    "import.failed": _("The import of “%(name)s” has failed: read why."),
}
PRODUCTS = {
    "product.approved": _("Product %(name)s passed moderation."),
    "product.refused": _("Product %(name)s was refused by moderation: read why."),
}
for _kind, _text in {**IMPORTS, **PRODUCTS}.items():
    notifications.register(_kind, _text)


@events.consumer("catalog.refresh_readiness", "trade.changed", "trade.checked")
def refresh_readiness(event: Event) -> None:
    """Look again at a merchant's listings by a job when an EPR identifier came, ended or was refused."""
    if event.merchant_id is not None and str(event.data.get("part", "")).startswith("epr_"):
        jobs.enqueue(
            readiness.REFRESH_JOB, key=f"merchant:{event.merchant_id}", merchant_id=event.merchant_id
        )


@events.consumer("catalog.tell_of_import", *IMPORTS)
def tell_of_import(event: Event) -> None:
    """Tell the merchant once an event, with the name of the file."""
    imported = Import.objects.get(public_id=event.subject_id)
    _tell(
        event,
        imported.merchant_id,
        imported.original_name,
        reverse("catalog:import", args=[event.subject_id]),
    )


@events.consumer("catalog.tell_of_moderation", *PRODUCTS)
def tell_of_moderation(event: Event) -> None:
    """Tell the merchant once an event, with the product's reference."""
    product = Product.objects.get(public_id=event.subject_id)
    _tell(
        event, product.merchant_id, product.reference, reverse("catalog:conformity", args=[event.subject_id])
    )


def _tell(event: Event, merchant_id: int, name: str, url: str) -> None:
    notifications.notify(
        merchant_id=merchant_id, kind=event.type, url=url, data={"name": name}, event_id=event.public_id
    )
