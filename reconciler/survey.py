"""Everything on an engine as far as packets care: every running container, and every network.

`Observed` is what a plan needs of one stack; this is what a proof needs of all that is beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.address import Address
from reconciler.state import Spec, Status, Traits


class Opening(Struct, frozen=True, kw_only=True):
    """A published port as the engine reports it of a running container."""

    host_ip: str
    host_port: int
    target: int
    protocol: str = "tcp"


class Seat(Struct, frozen=True, kw_only=True):
    """Where a running container is on one network: its addresses there, and the names that lead to it.

    `virtual` are the addresses of its service, behind which a Swarm hides the tasks.
    """

    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    virtual: tuple[str, ...] = ()


class Sighting(Struct, frozen=True, kw_only=True):
    """One container.

    Attributes:
        address: where it belongs in the stack; None for the containers of others.
        spec: its fields; of those that were only listed, no more than a list tells.
        seats: engine's name of a network → where it is there; only what really is connected.
        shares: the id of the container whose network stack it lives in.
        adrift: networks of this name that it is on, or waits for, and that are gone.
        pid: its first process as the engine counts them; 0 where it was not asked for or does not run, or
            on a node that there is no way to.
        node: the node of a Swarm that it runs on, "" where there is but one engine.
        service: what the Swarm calls the service whose task it is.
    """

    id: str
    name: str
    address: Address | None = None
    status: Status
    spec: Spec
    labels: Mapping[str, str] = field(default_factory=dict)
    seats: Mapping[str, Seat] = field(default_factory=dict)
    openings: tuple[Opening, ...] = ()
    shares: str | None = None
    adrift: tuple[str, ...] = ()
    started_at: str = ""
    exit_code: int = 0
    pid: int = 0
    node: str = ""
    service: str = ""

    @property
    def runs(self) -> bool:
        """Has a network stack, names and addresses (rule 23)."""
        return self.status in {Status.RUNNING, Status.PAUSED}


class SeenNetwork(Struct, frozen=True, kw_only=True):
    """One network; `ours` where it carries the labels of the stack. The gateways are the host's addresses."""

    id: str
    name: str
    spec: Spec
    ours: bool = False
    subnets: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()


class SeenNode(Struct, frozen=True, kw_only=True):
    """A node of a Swarm. `entered`: its engine is talked to, so that more than its tasks is known of it."""

    id: str
    name: str
    address: str
    entered: bool = False


class Survey(Struct, frozen=True, kw_only=True):
    """All there is at one moment. Containers of others are in `sightings` only if they run.

    `nodes` are those of a Swarm, first the manager that is talked to. `manages_swarm`: networks may span
    hosts; asked only where the stack wants one.
    """

    traits: Traits
    sightings: tuple[Sighting, ...] = ()
    networks: tuple[SeenNetwork, ...] = ()
    nodes: tuple[SeenNode, ...] = ()
    manages_swarm: bool = True
