"""What sole traders sold here, year by year: by it their tax data are asked for (Directive (EU) 2021/514)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.db import connection

# Of those only whose tax data are not known yet: the others are not asked. Amounts are what was due to the
# merchant, without the marketplace's fees, in euros at the last rate known on the day of delivery. A currency
# without any rate counts as euros: better asked too early than never.
_SALES: Final = """
SELECT o.merchant_id, extract(year FROM o.delivered_at AT TIME ZONE 'Europe/Paris')::int, count(*),
       round(sum((o.total - o.commission_total - o.commission_vat) / coalesce(r.rate, 1)), 2)
FROM orders_merchantorder o
JOIN merchants_company c ON c.merchant_id = o.merchant_id AND c.is_sole_trader
LEFT JOIN LATERAL (
    SELECT x.rate FROM catalog_exchangerate x
    WHERE o.currency <> 'EUR' AND x.currency = o.currency AND x.day <= o.delivered_at::date
    ORDER BY x.day DESC LIMIT 1
) r ON true
WHERE o.merchant_id = ANY(%s) AND o.status IN ('delivered', 'closed')
  AND NOT EXISTS (SELECT 1 FROM merchants_taxidentity t WHERE t.merchant_id = o.merchant_id)
GROUP BY 1, 2
"""


def sales_by_year(merchant_ids: Sequence[int]) -> Mapping[int, Mapping[int, tuple[int, Decimal]]]:
    """Return, for each merchant and year of delivery, how many sales and what was due for them. One query."""
    found: dict[int, dict[int, tuple[int, Decimal]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SALES, [list(merchant_ids)])
        for merchant_id, year, sales, paid in cursor.fetchall():
            found.setdefault(merchant_id, {})[year] = (sales, paid)
    return found
