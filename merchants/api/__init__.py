"""The merchants' part of the API."""
