"""Doors of the workers to this app."""

from orders.tasks import sandbox

__all__ = ["sandbox"]
