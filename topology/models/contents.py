"""Secrets and configs: content that reaches a container as a file, and who gets it."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any, ClassVar

from topology.forms import Flag, Mode, Pairs, User
from topology.models.base import Model, absolute


class Content(Model):
    """Where the content of a secret or a config comes from.

    `file` is absolute after loading. `content` holds what stands in the file, or what the variable
    `environment` held when the stack was loaded; it is None where that is not set.
    """

    also = frozenset(("driver", "driver_opts", "template_driver"))

    name: str | None = None
    file: str | None = None
    environment: str | None = None
    content: str | None = None
    external: Flag = False
    labels: Pairs = {}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        external = said.get("external")
        if isinstance(external, Mapping) and set(external) <= {"name"}:
            said = {**said, **external, "external": True}
        if isinstance(said.get("file"), str):
            return {**said, "file": absolute(said["file"], folder)}
        return said


class Secret(Content):
    """A secret of the stack; its content is never shown."""


class Config(Content):
    """A config of the stack."""


class Grant(Model):
    """A secret or config that a service gets as a file at `target`, an absolute path.

    `source` is its key in the stack. Without `uid`, `gid` and `mode` the file is root's and everyone
    may read it; `mode` holds permission bits.
    """

    folder: ClassVar[str] = "/"

    source: str
    target: str
    uid: User | None = None
    gid: User | None = None
    mode: Mode | None = None

    @classmethod
    def from_text(cls, text: str) -> Any:
        return {"source": text}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        target = said.get("target", said.get("source"))
        if isinstance(target, str):
            return {**said, "target": posixpath.join(cls.folder, target)}
        return said


class SecretGrant(Grant):
    """A secret that a service gets."""

    folder = "/run/secrets"


class ConfigGrant(Grant):
    """A config that a service gets."""
