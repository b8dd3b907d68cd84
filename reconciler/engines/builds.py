"""What the images of a stack are built from, by digests that tell when one has to be built again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from reconciler.errors import Rejected
from reconciler.fields import images
from reconciler.state import Unit
from topology.findings import Missing
from topology.models import Build


class Builds:
    """A digest for each service that is built: of its own build, and of those that it takes images from."""

    def __init__(self, built: Mapping[str, Unit], digest: Callable[[Build], str]) -> None:
        """`built` are the services that are built, each by its first replica."""
        self._built = built
        self._makers = {unit.image: name for name, unit in built.items()}
        self._unread: dict[str, Missing] = {}
        self._own = {name: self._read(name, digest) for name in built}
        self.digests = {name: self.of(name) for name in built}

    def _read(self, name: str, digest: Callable[[Build], str]) -> str:
        build = self._built[name].build
        try:
            return digest(build) if build is not None else ""
        except Rejected as error:
            mend = "put it there, or name another"
            self._unread[name] = Missing(path=("context",), message=str(error), mend=mend)
            return ""

    def of(self, name: str) -> str:
        """The digest of a service's build. One that takes from no other has that of its own context."""
        below = self._below(name, {name})
        if not below:
            return self._own[name]
        parts = [self._own[name], *(self._own[one] for one in sorted(below))]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    def _below(self, name: str, seen: set[str]) -> set[str]:
        build = self._built[name].build
        bases = images.bases(build) if build is not None else frozenset()
        found = {self._makers[base] for base in bases if base in self._makers} - seen
        for one in set(found):
            found |= self._below(one, seen | found)
        return found

    def unread(self, name: str) -> tuple[Missing, ...]:
        """Why its context has no digest, if it has none."""
        return (self._unread[name],) if name in self._unread else ()
