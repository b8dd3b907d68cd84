"""Stacks to try topo with, and the lab that runs them where there is no Docker and no registry."""
