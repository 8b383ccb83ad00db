"""What this app does when it hears of events."""

from orders.consumers import delivery

__all__ = ["delivery"]
