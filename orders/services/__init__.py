"""The processes of orders: the only code that changes them."""
