"""Looks whether a container is ready, without any tool of its image's.

What it printed, and what a command in it ends with, comes through the engine. A port is tried from this
machine where the network's bridge is here as well. Anywhere else (a remote engine, one in a virtual machine
or in namespaces of its own) a small container looks at it from inside the same network namespace.
"""

from reconciler.engines.probing.looking import probing

__all__ = ["probing"]
