"""A stack as far as it could be read."""

from __future__ import annotations

from msgspec import Struct

from topology.findings import Path
from topology.models import Stack


class Reading(Struct, frozen=True, kw_only=True):
    """A stack, the paths in it that could not be read, and the services that are not in it.

    Those are `off` whose profiles are, and `provided` those that are left to a provider. On a `cluster` each
    node has all ports, and so has what stands before all of them.
    """

    stack: Stack
    left_out: frozenset[Path]
    off: frozenset[str] = frozenset()
    provided: frozenset[str] = frozenset()
    cluster: bool = False

    def has(self, *path: str) -> bool:
        """Whether what stands at `path`, or does not, is what the author said."""
        if not self.left_out:
            return True
        return not any(path[: len(lost)] == lost or lost[: len(path)] == path for lost in self.left_out)

    def names(self, kind: str) -> bool:
        """Whether all services, networks or volumes are known by name."""
        return (kind,) not in self.left_out and ("include",) not in self.left_out
