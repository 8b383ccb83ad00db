"""Doors for connected systems."""
