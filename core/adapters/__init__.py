"""The outside world that every app meets."""
