"""Images, and what they give to containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct, field

UNFETCHED: Final = frozenset({"never", "build"})
"""Policies by which nobody fetches an image."""


class ImageConfig(Struct, frozen=True, kw_only=True):
    """What an image gives to containers that do not say otherwise."""

    id: str
    env: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    exposed: frozenset[str] = frozenset()
    user: str = ""
    working_dir: str = ""
    stop_signal: str = ""
    volumes: frozenset[str] = frozenset()
    healthcheck: Mapping[str, Any] | None = None


NO_IMAGE = ImageConfig(id="")
"""Stands for an image that the engine no longer has: nothing can be subtracted."""


class Image(Struct, frozen=True, kw_only=True):
    """An image that the engine has under a wanted reference.

    `build` is the digest of the context it was built from, if topo built it; `platform` is what it is made
    for, such as linux/amd64, where the engine says so. `digests` are what registries know it by; `newest` is
    what the registry has under the reference now, where it was asked.
    """

    config: ImageConfig
    build: str = ""
    platform: str = ""
    digests: tuple[str, ...] = ()
    newest: str = ""

    @property
    def is_outdated(self) -> bool:
        """The registry has another one."""
        return bool(self.newest) and self.newest not in self.digests

    def suits(self, wanted: str | None) -> bool:
        """Whether it is made for a platform, which may leave open what kind of a processor it means."""
        said = zip((wanted or "").split("/"), self.platform.split("/"), strict=False)
        return not wanted or not self.platform or all(one == other for one, other in said)
