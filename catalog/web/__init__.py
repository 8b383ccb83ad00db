"""The catalogue's pages in the portal."""
