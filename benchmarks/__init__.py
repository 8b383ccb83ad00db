"""Speed of the hot paths, as ratios: see docs/benchmarks.md."""
