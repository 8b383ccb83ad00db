"""Doors of the workers to this app."""

from orders.tasks import deadlines, sandbox

__all__ = ["deadlines", "sandbox"]
