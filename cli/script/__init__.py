"""A plan → the docker commands that would do the same, for a POSIX shell."""

from __future__ import annotations

from cli.script.script import script

__all__ = ["script"]
