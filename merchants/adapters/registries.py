"""Which register this instance asks: ``REGISTRY_URL``, or the embedded sample when it is empty."""

from django.conf import settings

from merchants.adapters import sample_registry
from merchants.adapters.recherche_entreprises import RechercheEntreprises
from merchants.adapters.registry import Registry


def registry() -> Registry:
    if settings.REGISTRY_URL:
        return RechercheEntreprises(settings.REGISTRY_URL, timeout=(2.0, settings.REGISTRY_TIMEOUT))
    sample = RechercheEntreprises(
        sample_registry.URL, session=sample_registry.session(), timeout=(2.0, settings.REGISTRY_TIMEOUT)
    )
    sample.name = "sample"
    return sample
