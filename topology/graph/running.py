"""What runs on an engine, beside the pictures that it makes: what only the engine can tell."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from topology.graph.parts import Binding, Member
from topology.graph.probed import Probed
from topology.graph.world import Topology


class One(Struct, frozen=True, kw_only=True):
    """One running container of a service, by itself: replicas may differ."""

    container: str
    service: str
    member: Member


class Publisher(Struct, frozen=True, kw_only=True):
    """A running container that is not of the stack, with the ports of the host that it holds."""

    container: str
    bindings: tuple[Binding, ...]


class Running(Struct, frozen=True, kw_only=True):
    """A stack as it runs.

    Attributes:
        said: the picture of the file, for this engine.
        own: the picture of the services as they run; one that does not run is on no network.
        whole: the same with the containers of others that count.
        idle: service → why fewer of its containers run than the file says.
        stranded: service or other's container → why its network stack is dead.
        remade: network of the stack → why it is not the one that topo made.
        unmakable: networks of the stack over several hosts, where the engine makes none.
        unseen: the nodes of a Swarm of which only tasks are known.
        services: the members that are others' services of a Swarm.
        probed: what packets did, where any were sent.
    """

    said: Topology
    own: Topology
    whole: Topology
    containers: tuple[One, ...] = ()
    publishers: tuple[Publisher, ...] = ()
    idle: Mapping[str, str] = field(default_factory=dict)
    stranded: Mapping[str, str] = field(default_factory=dict)
    remade: Mapping[str, str] = field(default_factory=dict)
    unmakable: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    services: frozenset[str] = frozenset()
    probed: tuple[Probed, ...] = ()

    @property
    def strangers(self) -> tuple[str, ...]:
        """The members that are none of the stack's services."""
        return tuple(name for name in self.whole.members if name not in self.own.members)
