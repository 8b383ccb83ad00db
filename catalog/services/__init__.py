"""The processes of the catalogue: the only code that changes it."""
