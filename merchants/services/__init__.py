"""What changes merchants and their files: one module per process."""
