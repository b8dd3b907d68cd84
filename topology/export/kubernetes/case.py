"""What an export works on: the stack, its pods and their names, and what comes up on the way."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Struct, field

from topology.export.kubernetes.names import Namer, is_label, label
from topology.export.kubernetes.notes import Notes
from topology.export.kubernetes.seen import Seen
from topology.graph import Mode, Topology, topology_of
from topology.models import Service, Stack

if TYPE_CHECKING:
    from topology.export.kubernetes.storage import Storage

Object: TypeAlias = dict[str, Any]
"""An object of Kubernetes, or a part of one, as its YAML says it."""

NAME: Final = "app.kubernetes.io/name"
PART_OF: Final = "app.kubernetes.io/part-of"

SERVICE: Final = "Service"
WORKLOAD: Final = "workload"


class Pod(Struct, frozen=True, kw_only=True):
    """A network stack and who lives in it: the service that holds it first."""

    name: str
    holder: str
    members: tuple[str, ...]
    on_host: bool = False


class Case(Struct, frozen=True, kw_only=True, dict=True):
    """One export. `files` says what is at the paths of this machine that the stack names."""

    stack: Stack
    files: Mapping[str, Seen] = field(default_factory=dict)
    folder: str = ""
    with_secrets: bool = False
    notes: Notes = field(default_factory=Notes)
    namer: Namer = field(default_factory=Namer)

    @cached_property
    def topology(self) -> Topology:
        return topology_of(self.stack)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """For each service, what it is called: its own name where that is one, whoever else is like it."""
        services = self.stack.services
        for name in (*filter(_is_kept, services), *services):
            self.namer.give(SERVICE, name)
        return {name: self.namer.give(SERVICE, name) for name in services}

    @cached_property
    def pods(self) -> Mapping[str, Pod]:
        """By the service that holds the network stack, in the order of the file."""
        found: dict[str, Pod] = {}
        for name in self.stack.services:
            if self.holder(name) == name:
                members = self.topology.residents(name)
                on_host = self.topology.standings[name].mode is Mode.HOST
                found[name] = Pod(name=self.names[name], holder=name, members=members, on_host=on_host)
        return found

    @cached_property
    def awaited(self) -> frozenset[str]:
        """The services that are meant to end: they run once."""
        return self.stack.jobs

    @cached_property
    def storage(self) -> Storage:
        """What services have mounted."""
        from topology.export.kubernetes.storage import Storage  # noqa: PLC0415  # it knows this module

        return Storage(self)

    @property
    def part_of(self) -> str:
        return label(self.stack.name)

    def holder(self, name: str) -> str:
        """The service whose pod a service lives in; one whose holder is nobody's has its own."""
        return self.topology.holders[name].name

    def pod_of(self, name: str) -> Pod:
        return self.pods[self.holder(name)]

    def service(self, name: str) -> Service:
        return self.stack.services[name]

    def labels(self, pod: Pod) -> dict[str, str]:
        """What selects a pod's replicas, and nothing else."""
        return {NAME: pod.name, PART_OF: self.part_of}


def _is_kept(name: str) -> bool:
    return is_label(name) and label(name) == name


def made(api: str, kind: str, metadata: Object, **rest: Any) -> Object:
    """An object; what is empty or None is left out."""
    return {"apiVersion": api, "kind": kind, "metadata": said(**metadata), **said(**rest)}


def said(**fields: Any) -> Object:
    """The fields that say something: 0 and False do."""
    return {name: value for name, value in fields.items() if value is not None and value not in ({}, [], "")}
