"""The admin's pages of orders: everything is read, and acts go through the same services as everywhere."""

from orders.admin import delivery
from orders.admin.ledger import AccountAdmin, EntryAdmin
from orders.admin.orders import MerchantOrderAdmin, OrderAdmin

__all__ = ["AccountAdmin", "EntryAdmin", "MerchantOrderAdmin", "OrderAdmin", "delivery"]
