"""A private Docker engine and images made from Debian packages: enough to try and test everything."""
