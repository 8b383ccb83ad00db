"""The whole journey, in a real browser."""
