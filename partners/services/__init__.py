"""What is done with connected systems."""
