"""Steps for what several units use, and for what topo notes in the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from reconciler.contents import NO_SECRETS, BuildSecrets, Sealed
from reconciler.steps.step import Step
from topology.models import Build


class PullImage(Step, frozen=True, kw_only=True):
    """Fetches an image from its registry; without a platform, that of the engine."""

    reference: str
    platform: str | None = None


class BuildImage(Step, frozen=True, kw_only=True):
    """Builds an image and labels it with the digest of its context, so that it is built once.

    Without a platform it is built for that of the engine, or for the one that the build says.
    """

    reference: str
    build: Build
    digest: str
    platform: str | None = None
    secrets: BuildSecrets = NO_SECRETS
    buildkit: bool = False


class CreateNetwork(Step, frozen=True, kw_only=True):
    """Creates a network; one of ours that is already there is fine."""

    name: str
    body: Mapping[str, Any]


class RemoveNetwork(Step, frozen=True, kw_only=True):
    """Removes a network by its id."""

    network: str
    name: str


class CreateVolume(Step, frozen=True, kw_only=True):
    """Creates a volume; the engine returns an existing one unchanged."""

    name: str
    body: Mapping[str, Any]


class RemoveVolume(Step, frozen=True, kw_only=True):
    """Removes a volume with all it holds; only ever planned when asked for. `node` of a Swarm has it."""

    name: str
    node: str = ""


class CreateKept(Step, frozen=True, kw_only=True):
    """Creates a secret or config, which of the two its address says; one of ours that is there is fine."""

    name: str
    content: Sealed
    labels: Mapping[str, str]


class RemoveKept(Step, frozen=True, kw_only=True):
    """Removes a secret or config that no service uses any more."""

    identity: str
    name: str


class WriteJournal(Step, frozen=True, kw_only=True):
    """Notes what was changed in place, so that a later difference has the right cause."""

    name: str
    body: Mapping[str, Any]


class TakeOver(Step, frozen=True, kw_only=True):
    """Notes which things of others are the stack's from now on, and what each of them is."""

    name: str
    body: Mapping[str, Any]


class DropJournal(Step, frozen=True, kw_only=True):
    """Removes a journal, or another note, that a newer one has replaced."""

    name: str


Creation: TypeAlias = CreateNetwork | CreateVolume | CreateKept
"""The steps that make what others use."""
