"""Steps for what several units use, and for what topo notes in the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from reconciler.contents import BuildSecrets, Sealed
from reconciler.steps.step import Step
from topology.models import Build


@dataclass(frozen=True, slots=True, kw_only=True)
class PullImage(Step):
    """Fetches an image from its registry; without a platform, that of the engine."""

    reference: str
    platform: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildImage(Step):
    """Builds an image and labels it with the digest of its context, so that it is built once.

    Without a platform it is built for that of the engine, or for the one that the build says.
    """

    reference: str
    build: Build = field(hash=False)
    digest: str
    platform: str | None = None
    secrets: BuildSecrets = field(default_factory=dict, hash=False)
    buildkit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateNetwork(Step):
    """Creates a network; one of ours that is already there is fine."""

    name: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveNetwork(Step):
    """Removes a network by its id."""

    network: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateVolume(Step):
    """Creates a volume; the engine returns an existing one unchanged."""

    name: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveVolume(Step):
    """Removes a volume with all it holds; only ever planned when asked for. `node` of a Swarm has it."""

    name: str
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateKept(Step):
    """Creates a secret or config, which of the two its address says; one of ours that is there is fine."""

    name: str
    content: Sealed
    labels: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveKept(Step):
    """Removes a secret or config that no service uses any more."""

    identity: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteJournal(Step):
    """Notes what was changed in place, so that a later difference has the right cause."""

    name: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver(Step):
    """Notes which things of others are the stack's from now on, and what each of them is."""

    name: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropJournal(Step):
    """Removes a journal, or another note, that a newer one has replaced."""

    name: str


Creation: TypeAlias = CreateNetwork | CreateVolume | CreateKept
"""The steps that make what others use."""
