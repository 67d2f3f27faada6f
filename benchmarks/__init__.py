"""What `make bench` runs: each module prints medians measured side by side in one run."""
