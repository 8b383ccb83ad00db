"""What every door for machines shares: problems, pages, repeats, limits."""
