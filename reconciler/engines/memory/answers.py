"""The JSON in which the engine answers. Pure: the world in, JSON out."""

from __future__ import annotations

import copy

from reconciler.engines.daemon import Json
from reconciler.engines.memory import ports
from reconciler.engines.memory.world import Container, Endpoint, Network, Volume, World, moment


def container(world: World, one: Container, now: float) -> Json:
    """`GET /containers/ID/json`."""
    words = [*(one.config["Entrypoint"] or ()), *(one.config["Cmd"] or ())]
    return copy.deepcopy(
        {
            "Id": one.id,
            "Created": moment(one.created_at),
            "Path": words[0],
            "Args": words[1:],
            "State": _state(one, now),
            "Image": one.image,
            "Name": f"/{one.name}",
            "RestartCount": 0,
            "HostConfig": one.host,
            "Mounts": one.mounts,
            "Config": one.config,
            "NetworkSettings": {
                "Ports": one.published,
                "Networks": {
                    name: _endpoint(world, one, endpoint, named=True)
                    for name, endpoint in one.endpoints.items()
                },
            },
        }
    )


def _state(one: Container, now: float) -> Json:
    state: Json = {
        "Status": one.status,
        "Running": one.running or one.status == "restarting",
        "Paused": one.status == "paused",
        "Restarting": one.status == "restarting",
        "OOMKilled": False,
        "Dead": False,
        "Pid": 1 if one.running else 0,
        "ExitCode": one.exit_code,
        "Error": one.error,
        "StartedAt": moment(one.started_at),
        "FinishedAt": moment(one.finished_at),
    }
    test = (one.config.get("Healthcheck") or {}).get("Test") or ["NONE"]
    if test[0] != "NONE" and one.started_at:
        state["Health"] = _health(one, now)
    return state


def _health(one: Container, now: float) -> Json:
    if one.running and now < one.settles_at:
        return {"Status": "starting", "FailingStreak": 0, "Log": []}
    well = one.running and one.healthy
    log = {"Start": moment(one.settles_at), "End": moment(one.settles_at), "ExitCode": int(not one.healthy)}
    return {
        "Status": "healthy" if well else "unhealthy",
        "FailingStreak": int(not one.healthy),
        "Log": [{**log, "Output": ""}],
    }


def _endpoint(world: World, one: Container, endpoint: Endpoint, *, named: bool) -> Json:
    network = world.networks.get(endpoint.network) if endpoint.id else None
    blocks = {_version(block): block for block in network.blocks} if network else {}
    ipv4, ipv6 = blocks.get(4, {}), blocks.get(6, {})
    gateway = ipv4.get("Gateway") or ""
    hidden = network is not None and network.internal and world.generation.dns_names
    shown: Json = {
        "IPAMConfig": endpoint.sent.get("IPAMConfig"),
        "Links": endpoint.sent.get("Links"),
        "Aliases": _aliases(world, one, endpoint) if named else None,
        "MacAddress": endpoint.mac,
        "DriverOpts": endpoint.sent.get("DriverOpts"),
        "NetworkID": endpoint.network,
        "EndpointID": endpoint.id,
        "Gateway": "" if hidden else gateway,
        "IPAddress": endpoint.ipv4,
        "IPPrefixLen": _length(ipv4) if endpoint.ipv4 else 0,
        "IPv6Gateway": ipv6.get("Gateway") or "",
        "GlobalIPv6Address": endpoint.ipv6,
        "GlobalIPv6PrefixLen": _length(ipv6) if endpoint.ipv6 else 0,
    }
    if world.generation.traits.gateway_priority:
        shown["GwPriority"] = endpoint.sent.get("GwPriority") or 0
    if world.generation.dns_names:
        shown["DNSNames"] = _dns_names(one, endpoint) if named and endpoint.named else None
    return shown


def _version(block: Json) -> int:
    """The IP version of one line of a network's IPAM."""
    return 6 if ":" in str(block["Subnet"]) else 4


def _length(block: Json) -> int:
    return int(str(block["Subnet"]).partition("/")[2])


def _aliases(world: World, one: Container, endpoint: Endpoint) -> list[str] | None:
    added = [one.short_id] if world.generation.aliases_hold_id and endpoint.named else []
    return [*(endpoint.sent.get("Aliases") or ()), *added] or None


def _dns_names(one: Container, endpoint: Endpoint) -> list[str]:
    return list(dict.fromkeys([one.name, *(endpoint.sent.get("Aliases") or ()), one.short_id]))


def listed(world: World, one: Container) -> Json:
    """One line of `GET /containers/json`: less than inspect tells, and no aliases."""
    return copy.deepcopy(
        {
            "Id": one.id,
            "Names": [f"/{one.name}"],
            "Image": one.config["Image"],
            "ImageID": one.image,
            "Command": " ".join([*(one.config["Entrypoint"] or ()), *(one.config["Cmd"] or ())]),
            "Created": int(one.created_at),
            "Ports": _ports(world, one),
            "Labels": one.config["Labels"],
            "State": one.status,
            "Status": one.status,
            "HostConfig": {"NetworkMode": one.host["NetworkMode"]},
            "NetworkSettings": {
                "Networks": {
                    name: _endpoint(world, one, endpoint, named=False)
                    for name, endpoint in one.endpoints.items()
                }
            },
            "Mounts": one.mounts,
        }
    )


def _ports(world: World, one: Container) -> list[Json]:
    open_ports = [
        {"IP": binding["HostIp"], **_port(target), "PublicPort": int(binding["HostPort"])}
        for target, bindings in sorted(one.published.items())
        for binding in bindings
    ]
    return [*open_ports, *map(_port, ports.exposed_only(world, one))]


def _port(target: str) -> Json:
    number, _, protocol = target.partition("/")
    return {"PrivatePort": int(number), "Type": protocol}


def network(world: World, one: Network) -> Json:
    """One line of `GET /networks`, where containers are never told."""
    shown: Json = {
        "Name": one.name,
        "Id": one.id,
        "Created": moment(one.created_at),
        "Scope": "local",
        "Driver": one.driver,
        "EnableIPv6": one.ipv6,
        "IPAM": {"Driver": one.ipam_driver, "Options": one.ipam_options, "Config": one.blocks},
        "Internal": one.internal,
        "Attachable": one.attachable,
        "Ingress": False,
        "ConfigFrom": {"Network": ""},
        "ConfigOnly": False,
        "Containers": {},
        "Options": one.options,
        "Labels": one.labels,
    }
    return copy.deepcopy(shown)


def volume(one: Volume) -> Json:
    """One volume."""
    return copy.deepcopy(
        {
            "CreatedAt": moment(one.created_at),
            "Driver": one.driver,
            "Labels": one.labels,
            "Mountpoint": f"/var/lib/docker/volumes/{one.name}/_data",
            "Name": one.name,
            "Options": one.options,
            "Scope": "local",
        }
    )


def image(world: World, identity: str) -> Json:
    """`GET /images/REF/json`."""
    names = sorted(name for name, there in world.references.items() if there == identity)
    return {
        "Id": identity,
        "RepoTags": names,
        "RepoDigests": [f"{name.partition(':')[0]}@{identity}" for name in names],
        "Config": copy.deepcopy(world.images[identity]),
    }
