"""Everything on a Swarm as far as packets care: its tasks, as a manager tells them, and what else nodes run.

Pure: JSON in, values out. A manager knows no containers but tasks, and of those neither their addresses on
docker_gwbridge nor, on other nodes, more than the number of a process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct, field

from reconciler import address
from reconciler.address import Address, Kind
from reconciler.engines import surveyed
from reconciler.engines.daemon import Json
from reconciler.engines.inspected import owned
from reconciler.engines.swarm.inspected import hostname, spec_of
from reconciler.fields import shared
from reconciler.fields.swarm import OVERLAY
from reconciler.state import Desired, Spec, Status, Traits
from reconciler.survey import Opening, Seat, SeenNetwork, SeenNode, Sighting, Survey
from topology.graph.doors import ANY_IPV4
from topology.graph.overlay import task_names
from topology.structs import replace

_TASK: Final = "com.docker.swarm.task.id"


class Told(Struct, frozen=True, kw_only=True):
    """What a manager tells."""

    services: list[Json]
    tasks: list[Json]
    networks: list[Json]
    nodes: list[Json]


class Looked(Struct, frozen=True, kw_only=True):
    """What the engine of one node, whose id is `node`, tells of containers that are no tasks."""

    node: str
    containers: list[Json] = field(default_factory=list)
    networks: list[Json] = field(default_factory=list)
    inspected: Mapping[str, Json] = field(default_factory=dict)


def survey(traits: Traits, told: Told, looked: Iterable[Looked], desired: Desired) -> Survey:
    """One value of all that is told. The first of `looked` is the manager that is talked to."""
    looked = list({one.node: one for one in looked}.values())
    ways = {one.node for one in looked}
    names = {raw["ID"]: hostname(raw) for raw in told.nodes}
    overlays = [raw for raw in told.networks if raw.get("Scope") == "swarm" and not raw.get("Ingress")]
    services = {raw["ID"]: raw for raw in told.services}
    tasks = [
        _task(raw, services[raw["ServiceID"]], overlays, desired, node=names.get(raw["NodeID"], ""))
        for raw in told.tasks
        if raw["ServiceID"] in services and raw["Status"]["State"] == "running"
    ]
    entered = {names[node] for node in ways if node in names}
    found = [one if one.node in entered else replace(one, pid=0) for one in tasks]
    for one in looked:
        found += _beside(traits, one, overlays, desired, node=names.get(one.node, one.node))
    return Survey(
        traits=traits,
        sightings=tuple(sorted(found, key=lambda one: (one.name, one.id))),
        networks=tuple(_network(raw, desired) for raw in sorted(overlays, key=_by_name)),
        nodes=tuple(
            SeenNode(id=raw["ID"], name=names[raw["ID"]], address=_address(raw), entered=raw["ID"] in ways)
            for raw in sorted(told.nodes, key=lambda raw: (raw["ID"] != looked[0].node, names[raw["ID"]]))
        ),
    )


def beside_tasks(containers: Iterable[Json]) -> list[Json]:
    """The containers of a node that are nobody's tasks."""
    return [raw for raw in containers if _TASK not in (raw.get("Labels") or {})]


def _by_name(raw: Json) -> tuple[str, str]:
    return raw["Name"], raw["Id"]


def _address(raw: Json) -> str:
    """Where other nodes find it; a manager may know itself by no address but as a manager."""
    known = str((raw.get("Status") or {}).get("Addr") or "")
    managing = str((raw.get("ManagerStatus") or {}).get("Addr") or "").rpartition(":")[0]
    return known if known and known != ANY_IPV4 else managing


def _task(raw: Json, service: Json, overlays: Iterable[Json], desired: Desired, *, node: str) -> Sighting:
    labels: Mapping[str, str] = service["Spec"].get("Labels") or {}
    at = Address.parse(labels.get(address.ADDRESS, "")) if owned(labels, desired) else None
    container: Json = raw["Status"].get("ContainerStatus") or {}
    spec = spec_of(
        {**service["Spec"], "TaskTemplate": raw["Spec"]}, {one["Id"]: one["Name"] for one in overlays}
    )
    name = service["Spec"]["Name"]
    seats = dict(_seats(raw, service, spec, name))
    known = spec.get("networks", {})
    return Sighting(
        id=str(container.get("ContainerID") or raw["ID"]),
        name=f"{name}.{raw.get('Slot') or node}",
        address=at if at is not None and at.kind is Kind.SERVICE else None,
        status=Status.RUNNING,
        spec={
            **{key: value for key, value in spec.items() if key != "replicas"},
            "networks": {network: known.get(network, {}) for network in seats},
        },
        labels={key: text for key, text in labels.items() if key not in address.OWN_LABELS},
        seats=seats,
        openings=tuple(_openings(raw, service)),
        started_at=str(raw["Status"].get("Timestamp") or ""),
        pid=int(container.get("PID") or 0),
        node=node,
        service=name,
    )


def _seats(raw: Json, service: Json, spec: Spec, name: str) -> Iterator[tuple[str, Seat]]:
    virtual: dict[str, str] = {
        one["NetworkID"]: _bare(one["Addr"])
        for one in (service.get("Endpoint") or {}).get("VirtualIPs") or ()
        if one.get("Addr")
    }
    for one in raw.get("NetworksAttachments") or ():
        network: Json = one["Network"]
        if network["Spec"].get("Ingress"):
            continue
        called = network["Spec"]["Name"]
        aliases = spec.get("networks", {}).get(called, {}).get("aliases", ())
        own = virtual.get(network["ID"])
        yield (
            called,
            Seat(
                addresses=tuple(map(_bare, one.get("Addresses") or ())),
                names=task_names([name, *aliases]),
                virtual=(own,) if own else (),
            ),
        )


def _bare(block: str) -> str:
    return block.partition("/")[0]


def _openings(raw: Json, service: Json) -> Iterator[Opening]:
    """Ports of the task's node, and those of every node."""
    own = (raw["Status"].get("PortStatus") or {}).get("Ports") or ()
    everywhere = (service.get("Endpoint") or {}).get("Ports") or ()
    for port in (*own, *(one for one in everywhere if one.get("PublishMode") != "host")):
        if port.get("PublishedPort"):
            yield Opening(
                host_ip=ANY_IPV4,
                host_port=int(port["PublishedPort"]),
                target=int(port["TargetPort"]),
                protocol=str(port.get("Protocol") or "tcp"),
            )


def _beside(
    traits: Traits, looked: Looked, overlays: Iterable[Json], desired: Desired, *, node: str
) -> Iterator[Sighting]:
    """The containers of a node that are no tasks: nobody's of the stack, whatever their labels say.

    A bridge of one node is no network of another, though it may be called the same.
    """
    shared_by_all = {raw["Name"] for raw in overlays}
    found = surveyed.survey(traits, looked.containers, looked.networks, looked.inspected, desired)

    def called(network: str) -> str:
        return network if network in shared_by_all else f"{network}@{node}"

    for one in found.sightings:
        if one.runs:
            spec: dict[str, Any] = {
                **one.spec,
                "networks": {called(name): said for name, said in one.spec.get("networks", {}).items()},
                "host_ports": one.spec.get("ports", ()),
            }
            seats = {called(name): seat for name, seat in one.seats.items()}
            yield replace(one, address=None, spec=spec, seats=seats, node=node)


def _network(raw: Json, desired: Desired) -> SeenNetwork:
    blocks = [one for one in (raw.get("IPAM") or {}).get("Config") or () if one.get("Subnet")]
    return SeenNetwork(
        id=raw["Id"],
        name=raw["Name"],
        spec=shared.read(OVERLAY, raw, {}),
        ours=owned(raw.get("Labels"), desired),
        subnets=tuple(str(one["Subnet"]) for one in blocks),
    )
