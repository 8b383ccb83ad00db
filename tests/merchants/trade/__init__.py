"""Trade facts: VAT, EPR, safety, addresses, the store page, holidays."""
