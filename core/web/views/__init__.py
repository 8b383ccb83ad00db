"""Pages that belong to no app: welcome, preferences, errors, legal notices, status."""
