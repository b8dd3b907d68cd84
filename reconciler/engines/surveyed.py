"""What the engine answers about everything on it → a survey. Pure: JSON in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler import address
from reconciler.address import Address, Kind
from reconciler.engines.daemon import Json
from reconciler.engines.inspected import container_name, owned
from reconciler.fields import NETWORK, SERVICE, ports, shared
from reconciler.state import NO_IMAGE, Desired, Spec, Status, Traits
from reconciler.survey import Opening, Seat, SeenNetwork, Sighting, Survey
from topology.graph.doors import ANY_IPV4, ANY_IPV6
from topology.graph.parts import first_address

_RUNNING = frozenset({"running", "paused"})
_NO_NETWORKS = frozenset({"host", "none"})


def mattering(listed: Iterable[Json], desired: Desired, *, everybody: bool) -> tuple[str, ...]:
    """The containers to inspect: the stack's, and of those of others that run who is on its networks.

    Who lives in the network stack of one of them is on its networks as well. `everybody`: all that run.
    """
    listed = list(listed)
    ours = [raw for raw in listed if owned(raw.get("Labels"), desired)]
    running = [raw for raw in listed if raw.get("State") in _RUNNING]
    if everybody:
        return tuple(dict.fromkeys(raw["Id"] for raw in (*ours, *running)))
    networks = {network.name for network in desired.networks.values()}
    networks |= {name for raw in ours for name in _networks(raw)} - {"bridge"}
    near = [raw for raw in running if networks & set(_networks(raw))]
    ids = {raw["Id"] for raw in (*ours, *near)}
    lodgers = [raw for raw in running if _shares(raw) in ids]
    return tuple(dict.fromkeys(raw["Id"] for raw in (*ours, *near, *lodgers)))


def survey(
    traits: Traits,
    listed: Iterable[Json],
    networks: Iterable[Json],
    inspected: Mapping[str, Json],
    desired: Desired,
) -> Survey:
    """One value of the two lists and the inspects."""
    networks = list(networks)
    ids = {raw["Name"]: raw["Id"] for raw in networks}
    found = [_sighting(raw, inspected.get(raw["Id"]), ids, desired) for raw in listed]
    return Survey(
        traits=traits,
        sightings=tuple(
            sorted((one for one in found if one.runs or one.address), key=lambda one: (one.name, one.id))
        ),
        networks=tuple(
            sorted((_network(raw, desired) for raw in networks), key=lambda one: (one.name, one.id))
        ),
    )


def _networks(raw: Json) -> dict[str, Json]:
    return (raw.get("NetworkSettings") or {}).get("Networks") or {}


def _shares(raw: Json) -> str | None:
    mode = str((raw.get("HostConfig") or {}).get("NetworkMode") or "")
    return mode.removeprefix("container:") if mode.startswith("container:") else None


def _sighting(raw: Json, inspected: Json | None, networks: Mapping[str, str], desired: Desired) -> Sighting:
    labels = raw.get("Labels") or {}
    at = Address.parse(labels.get(address.ADDRESS, "")) if owned(labels, desired) else None
    state: Json = (inspected or {}).get("State") or {}
    status = Status(state.get("Status") or raw["State"])
    openings = tuple(_openings(raw)) if status.value in _RUNNING else ()
    attached = _networks(inspected or raw)
    joined = {
        name: one
        for name, one in attached.items()
        if one.get("EndpointID") and one.get("NetworkID") == networks.get(name) and name not in _NO_NETWORKS
    }
    return Sighting(
        id=raw["Id"],
        name=container_name(raw.get("Names") or ()),
        address=at if at is not None and at.kind is Kind.SERVICE else None,
        status=status,
        spec=_spec(raw, inspected, joined, openings),
        labels={key: text for key, text in labels.items() if key not in address.OWN_LABELS},
        seats={name: _seat(raw, one) for name, one in joined.items()},
        openings=openings,
        shares=_shares(inspected or raw),
        adrift=tuple(
            sorted(
                name
                for name, one in attached.items()
                if one.get("NetworkID") and one["NetworkID"] != networks.get(name)
            )
        ),
        started_at=str(state.get("StartedAt") or ""),
        exit_code=int(state.get("ExitCode") or 0),
        pid=int(state.get("Pid") or 0),
    )


def _spec(
    raw: Json, inspected: Json | None, joined: Mapping[str, Json], openings: tuple[Opening, ...]
) -> Spec:
    """Its fields as they take effect: networks that it is connected to, ports that are open, folders that are
    mounted, those that it took over from others too.

    Ports that are asked for and not told as open stay: a routed network's ports are open, and have no address
    of the host.
    """
    if inspected is None:
        spec: dict[str, Any] = dict(_listed_spec(raw))
    else:
        values = ((row.name, row.read(inspected, NO_IMAGE)) for row in SERVICE)
        spec = {name: value for name, value in values if value is not None}
    spec["volumes"] = {**spec.get("volumes", {}), **_binds(raw)}
    known = spec.get("networks", {})
    spec["networks"] = {name: known.get(name, {}) for name in joined}
    open_ = {f"{one.target}/{one.protocol}" for one in openings}
    wished = [text for text in spec.get("ports", ()) if ports.split(text)[2] not in open_]
    spec["ports"] = tuple(dict.fromkeys((*_texts(openings), *wished)))
    return spec


def _listed_spec(raw: Json) -> Iterator[tuple[str, object]]:
    """What a list tells: neither capabilities nor whether it is privileged."""
    mode = str((raw.get("HostConfig") or {}).get("NetworkMode") or "")
    if mode in _NO_NETWORKS or mode.startswith("container:"):
        yield "network_mode", mode


def _binds(raw: Json) -> dict[str, str]:
    mounts = [one for one in raw.get("Mounts") or () if one.get("Type") == "bind"]
    return {one["Destination"]: str(one["Source"]) for one in mounts}


def _openings(raw: Json) -> Iterator[Opening]:
    for port in raw.get("Ports") or ():
        if port.get("PublicPort"):
            yield Opening(
                host_ip=str(port.get("IP") or ""),
                host_port=int(port["PublicPort"]),
                target=int(port["PrivatePort"]),
                protocol=str(port["Type"]),
            )


def _texts(openings: tuple[Opening, ...]) -> Iterator[str]:
    """As the file would write them: a port on all of IPv4 and of IPv6 is one on every address."""
    hosts: dict[tuple[int, int, str], list[str]] = {}
    for one in openings:
        hosts.setdefault((one.host_port, one.target, one.protocol), []).append(one.host_ip)
    for (host_port, target, protocol), addresses in hosts.items():
        for address_of_host in [""] if {ANY_IPV4, ANY_IPV6} <= set(addresses) else addresses:
            yield ports.text(address_of_host, str(host_port), f"{target}/{protocol}")


def _seat(raw: Json, endpoint: Json) -> Seat:
    """Newer engines tell all names themselves; before, the container's own is not among the aliases."""
    own = container_name(raw.get("Names") or ())
    names = endpoint.get("DNSNames") or [own, *(endpoint.get("Aliases") or ())]
    addresses = (endpoint.get("IPAddress"), endpoint.get("GlobalIPv6Address"))
    return Seat(
        addresses=tuple(str(one) for one in addresses if one), names=tuple(dict.fromkeys(map(str, names)))
    )


def _network(raw: Json, desired: Desired) -> SeenNetwork:
    blocks = [one for one in (raw.get("IPAM") or {}).get("Config") or () if one.get("Subnet")]
    gateways = [one.get("Gateway") or first_address(one["Subnet"], one.get("IPRange")) for one in blocks]
    return SeenNetwork(
        id=raw["Id"],
        name=raw["Name"],
        spec=shared.read(NETWORK, raw, {}),
        ours=owned(raw.get("Labels"), desired),
        subnets=tuple(str(one["Subnet"]) for one in blocks),
        gateways=tuple(str(one).partition("/")[0] for one in gateways if one),
    )
