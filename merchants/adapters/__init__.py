"""The outside world: registers of companies."""
