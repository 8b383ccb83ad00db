"""Pages for people about connected systems."""
