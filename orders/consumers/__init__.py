"""What this app does when it hears of events."""

from orders.consumers import delivery, lifecycle

__all__ = ["delivery", "lifecycle"]
