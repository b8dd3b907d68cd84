"""Where each mount of a service comes from in a cluster: a claim, memory, a ConfigMap, the node, nowhere."""

from __future__ import annotations

import enum
import posixpath
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from topology.export.kubernetes.case import Case, Pod
from topology.export.kubernetes.seen import NOTHING, Seen
from topology.findings import Path
from topology.images import Role, role_of
from topology.models import Mount


class Place(enum.Enum):
    """What stands for a mount's source."""

    CLAIM = "claim"
    EMPTY = "empty"
    MEMORY = "memory"
    FILES = "files"
    NODE = "node"
    NOWHERE = "nowhere"


class Mounted(Struct, frozen=True, kw_only=True):
    """One mount of a service, its own or another's that it has by `volumes_from`."""

    mount: Mount
    giver: str
    path: Path


class Storage:
    """What each service has mounted and who has each claim, looked up once."""

    def __init__(self, case: Case) -> None:
        self._case = case

    @cached_property
    def mounts(self) -> Mapping[str, tuple[Mounted, ...]]:
        """All mounts of each service by their targets; its own before those that it gets from others."""
        found: dict[str, tuple[Mounted, ...]] = {}
        for name in self._case.stack.services:
            by_target: dict[str, Mounted] = {}
            for one in _mounts(self._case, name, frozenset()):
                by_target.setdefault(one.mount.target, one)
            found[name] = tuple(by_target.values())
        return found

    @cached_property
    def claimants(self) -> Mapping[str, tuple[Pod, ...]]:
        """The pods that have each claim mounted, in the order of the file."""
        found: dict[str, dict[str, Pod]] = {}
        for pod in self._case.pods.values():
            for one in (one for name in pod.members for one in self.mounts[name]):
                if place_of(self._case, one) is Place.CLAIM:
                    found.setdefault(claim_of(one), {})[pod.holder] = pod
        return {claim: tuple(pods.values()) for claim, pods in found.items()}


def _mounts(case: Case, name: str, seen: frozenset[str]) -> Iterator[Mounted]:
    service = case.service(name)
    for index, mount in enumerate(service.volumes):
        yield Mounted(mount=mount, giver=name, path=("services", name, "volumes", index))
    for index, giver in enumerate(service.volumes_from):
        if giver.service in case.stack.services and giver.service not in seen:
            path: Path = ("services", name, "volumes_from", index)
            for one in _mounts(case, giver.service, seen | {name}):
                read_only = one.mount.read_only or giver.read_only
                mount = one.mount.model_copy(update={"read_only": read_only})
                yield Mounted(mount=mount, giver=one.giver, path=path)


def place_of(case: Case, one: Mounted) -> Place:
    """Where a mount comes from.

    What lies beside the stack file is carried as files where it is small and plain. What lies elsewhere is
    the machine's own: the node's then. A folder that is to be written to is kept as data.
    """
    mount = one.mount
    if mount.type == "tmpfs":
        return Place.MEMORY
    if mount.type == "volume":
        return Place.CLAIM if mount.source else Place.EMPTY
    if not is_below(case.folder, mount.source or ""):
        return Place.NODE
    seen = seen_at(case, mount)
    if not seen.why:
        return Place.FILES if seen.files else Place.CLAIM
    if _is_data(case, one, seen):
        return Place.CLAIM
    return Place.NOWHERE


def is_below(folder: str, path: str) -> bool:
    """Whether a path is a folder or lies in it, so that it is the stack's own."""
    return bool(folder) and (path == folder or path.startswith(f"{folder.rstrip('/')}/"))


def seen_at(case: Case, mount: Mount) -> Seen:
    return case.files.get(mount.source or "", NOTHING)


def _is_data(case: Case, one: Mounted, seen: Seen) -> bool:
    """A folder that is not there yet, or that a data store keeps: not code, not configuration."""
    if one.mount.read_only:
        return False
    if seen.is_missing:
        return "." not in posixpath.basename(one.mount.target)
    return seen.is_folder and role_of(case.service(one.giver).image, one.giver) is Role.STORE


def claim_of(one: Mounted) -> str:
    """What tells one claim from another: the volume's key, or whose folder it is."""
    if one.mount.type == "volume":
        return one.mount.source or ""
    return f"{one.giver}{one.mount.target}"


def has_state(case: Case, name: str) -> bool:
    """Whether a service writes to something that outlives its pods."""
    mounts = case.storage.mounts[name]
    return any(place_of(case, one) is Place.CLAIM and not one.mount.read_only for one in mounts)
