"""Networks, and how containers come onto them and leave them."""

from __future__ import annotations

from reconciler.engines.daemon import Json
from reconciler.engines.memory import addresses
from reconciler.engines.memory.ports import closed, opened
from reconciler.engines.memory.world import PREDEFINED, Container, Endpoint, Network, World
from reconciler.errors import Conflict, NotFound, Rejected

_SHARES_STACK = "container sharing network namespace with another container or host"


def create(world: World, body: Json, at: float) -> None:
    """See `Daemon.create_network`."""
    name, driver, ipam = body["Name"], body.get("Driver") or "bridge", body.get("IPAM") or {}
    if name in PREDEFINED:
        raise Conflict(f"operation is not permitted on predefined {name} network")
    if any(one.name == name for one in world.networks.values()):
        raise Conflict(f"network with name {name} already exists")
    if driver == "overlay":
        raise Rejected("This node is not a swarm manager")
    for plugin, known in ((driver, {"bridge", "macvlan"}), (ipam.get("Driver") or "default", {"default"})):
        if plugin not in known:
            raise NotFound(f'plugin "{plugin}" not found')
    ipv6 = bool(body.get("EnableIPv6"))
    blocks = addresses.chosen(world, ipam.get("Config") or [], ipv6=ipv6)
    network = Network(
        id=world.new_id(),
        name=name,
        driver=driver,
        created_at=at,
        blocks=blocks,
        chosen=bool(ipam.get("Config")),
        ipam_options=ipam.get("Options") or None,
        internal=bool(body.get("Internal")),
        attachable=bool(body.get("Attachable")),
        ipv6=ipv6,
        options=dict(body.get("Options") or {}),
        labels=dict(body.get("Labels") or {}),
    )
    world.networks[network.id] = network


def predefined(world: World, at: float) -> None:
    """The networks of an engine that was just started for the first time."""
    for name, driver in PREDEFINED.items():
        network = Network(id=world.new_id(), name=name, driver=driver, created_at=at)
        if driver == "bridge":
            network.blocks = addresses.chosen(world, [], ipv6=False)
        world.networks[network.id] = network


def remove(world: World, wanted: str) -> None:
    """See `Daemon.remove_network`."""
    network = world.network(wanted)
    if network.name in PREDEFINED:
        raise Conflict(f"{network.name} is a pre-defined network and cannot be removed")
    holders = sorted(container.name for container, _ in members(world, network))
    if holders:
        raise Conflict(f"network {network.name} has active endpoints ({', '.join(holders)})")
    del world.networks[network.id]


def members(world: World, network: Network) -> list[tuple[Container, Endpoint]]:
    """Who runs on a network."""
    return [
        (container, endpoint)
        for container in world.containers.values()
        for endpoint in container.endpoints.values()
        if endpoint.id and endpoint.network == network.id
    ]


# Connecting and disconnecting


def connect(world: World, wanted: str, container: Container, sent: Json) -> None:
    """See `Daemon.connect`. Who does not run is only noted down, whether the network exists or not."""
    network = _found(world, wanted)
    if network is None:
        if container.running:
            raise NotFound(f"network {wanted} not found")
        container.endpoints[wanted] = Endpoint(sent=sent)
        return
    _check_mode(world, container)
    there = container.endpoints.get(network.name)
    if container.running:
        check_bound(world, container)
        if there is not None and there.id:
            raise Conflict(f"endpoint with name {container.name} already exists in network {network.name}")
        check(network, sent)
        join(world, container, network.name, Endpoint(sent=sent))
        opened(world, container)
    elif there is None or _lost(world, there):
        container.endpoints[network.name] = Endpoint(sent=sent, named=True)


def _found(world: World, wanted: str) -> Network | None:
    try:
        return world.network(wanted)
    except NotFound:
        return None


def _lost(world: World, endpoint: Endpoint) -> bool:
    """Its network was removed; that a new one has its name does not help."""
    return bool(endpoint.network) and endpoint.network not in world.networks


def _check_mode(world: World, container: Container) -> None:
    mode = str(container.host["NetworkMode"])
    if mode == "host" or mode.startswith("container:"):
        raise Rejected(f"{_SHARES_STACK} cannot be connected to any other network")
    if "none" in container.endpoints:
        raise Rejected(
            "container cannot be connected to multiple networks with one of the networks in private mode"
        )


def check_bound(world: World, container: Container) -> None:
    """Whether the network that a container was made for is there, where the engine cares."""
    mode = str(container.host["NetworkMode"])
    if mode == "default" or not world.generation.traits.bound_to_network:
        return
    if _found(world, mode) is None:
        raise NotFound(f"could not find a network matching network mode {mode}: network {mode} not found")


def check(network: Network, sent: Json) -> None:
    """Whether an endpoint can be like that on this network.

    Raises:
        Rejected: it cannot.
    """
    if sent.get("Aliases") and network.name in PREDEFINED:
        raise Rejected("network-scoped alias is supported only for containers in user defined networks")
    addresses.check_fixed(network, sent)


def join(world: World, container: Container, name: str, endpoint: Endpoint) -> None:
    """Puts a container onto a network; when that fails, the wish stays on record.

    Raises:
        NotFound: there is no such network.
        Conflict: the address is taken.
        Rejected: the endpoint cannot be like that.
    """
    container.endpoints[name] = endpoint
    network = world.network(endpoint.network or name)
    if network.name != name:
        del container.endpoints[name]
        container.endpoints[network.name] = endpoint
    endpoint.named = network.name not in PREDEFINED
    check(network, endpoint.sent)
    given = addresses.given(world, network, endpoint.sent)
    endpoint.network, endpoint.id = network.id, world.new_id()
    endpoint.ipv4, endpoint.ipv6 = given.get(4, ""), given.get(6, "")
    endpoint.mac = "02:42:" + ":".join(endpoint.id[at : at + 2] for at in range(0, 8, 2))


def disconnect(world: World, wanted: str, container: Container) -> None:
    """See `Daemon.disconnect`."""
    network = _found(world, wanted)
    name = network.name if network else wanted
    if name == "host" or container.host["NetworkMode"] == "host":
        raise Rejected("cannot disconnect container from host network")
    endpoint = container.endpoints.get(name)
    if endpoint is None or (container.running and not endpoint.id):
        raise NotFound(f"container {container.id} is not connected to the network {name}")
    del container.endpoints[name]
    if container.running:
        closed(world, container)


def leave_all(container: Container) -> None:
    """What a container that ends gives back; it stays on record where it was."""
    for endpoint in container.endpoints.values():
        endpoint.id = endpoint.ipv4 = endpoint.ipv6 = endpoint.mac = ""
    container.published = {}
