"""Performance beside the peers, measured in one run: `python -m tests.bench --engine unix://SOCKET`."""
