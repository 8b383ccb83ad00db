"""Finding merchants by what staff type: a number, or the beginnings of words of a name. Served by indexes."""

import re
from typing import Final

from django.contrib.postgres.search import SearchQuery

from merchants.models import Company, Merchant
from merchants.models.names import name_vector, plain

#: More merchants than these are not told apart by a name: more words narrow it.
FOUND: Final = 200


def merchants(text: str) -> list[int]:
    """Return the keys of at most ``FOUND`` merchants: by SIREN or SIRET, else by the name of its store or
    company.

    Every word must begin a word of the name; case and accents do not matter.
    """
    digits = "".join(text.split())
    if digits.isdigit() and len(digits) in {9, 14}:
        numbered = {"siren" if len(digits) == 9 else "siret": digits}
        return list(Company.objects.filter(**numbered).values_list("merchant_id", flat=True)[:FOUND])
    words = re.findall(r"\w+", plain(text))
    if not words:
        return []
    query = SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config="simple")
    stores = Merchant.objects.annotate(names=name_vector("store_name")).filter(names=query)
    companies = Company.objects.annotate(names=name_vector("legal_name")).filter(names=query)
    either = stores.values_list("pk").union(companies.values_list("merchant_id"))
    return [pk for (pk,) in either[:FOUND]]
