"""The catalogue's part of the partners' interface."""
